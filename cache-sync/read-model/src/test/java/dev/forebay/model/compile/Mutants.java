package dev.forebay.model.compile;

import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import dev.forebay.model.compile.RandomSpec.Body;
import dev.forebay.model.compile.RandomSpec.Case;
import dev.forebay.model.compile.RandomSpec.Include;
import dev.forebay.model.compile.RandomSpec.Model;
import dev.forebay.model.compile.RandomSpec.Tab;
import dev.forebay.model.tree.Member;
import dev.forebay.model.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How each planted bug changes what routing is told, or what is built. */
final class Mutants {

  private Mutants() {}

  /** The changes as a router with the bug takes notice of them. */
  static List<RowChange> seen(Mutant mutant, Case one, List<RowChange> changes) {
    return switch (mutant) {
      case FORGET_BEFORE_IMAGE ->
          changes.stream()
              .filter(change -> change.after() != null)
              .map(change -> new RowChange(change.table(), null, change.after()))
              .toList();
      case FORGET_THE_OLD_PARENT ->
          changes.stream()
              .map(change ->
                  change.after() == null
                      ? change
                      : new RowChange(change.table(), null, change.after()))
              .toList();
      case IGNORE_THROUGH_TABLE ->
          changes.stream().filter(change -> !isThrough(one, change.table())).toList();
      case IGNORE_FILTER_COLUMN ->
          changes.stream().filter(change -> movesOrIsWhole(one, change)).toList();
      case FORGET_TOP_N_ENTRY ->
          changes.stream()
              .filter(change -> change.before() != null || !has(one, limited(change.table())))
              .toList();
      default -> changes;
    };
  }

  private static boolean isThrough(Case one, TableName table) {
    return has(
        one,
        include -> include.through() != null && include.through().table().name().equals(table));
  }

  private static Predicate<Include> limited(TableName table) {
    return include -> include.limit() > 0 && include.table().name().equals(table);
  }

  private static boolean movesOrIsWhole(Case one, RowChange change) {
    Map<String, @Nullable String> before = change.before();
    Map<String, @Nullable String> after = change.after();
    Tab table =
        one.tables().stream()
            .filter(t -> t.name().equals(change.table()))
            .findFirst()
            .orElseThrow();
    if (before == null || after == null) {
      return before != null || isInsert(after, table);
    }
    return OracleRun.differs(before, after, one.linking(table));
  }

  /** An update that left its before image out cannot be told from an insert; take it for one. */
  private static boolean isInsert(@Nullable Map<String, @Nullable String> after, Tab table) {
    return after != null && after.keySet().containsAll(table.primaryKey());
  }

  private static boolean has(Case one, Predicate<Include> what) {
    return one.models().stream().anyMatch(model -> has(model.body(), what));
  }

  private static boolean has(Body body, Predicate<Include> what) {
    return body.includes().stream()
        .anyMatch(include -> what.test(include) || has(include.body(), what));
  }

  /** The case without the last include of each model that has one. */
  static Case lacking(Case one) {
    List<Model> models =
        one.models().stream()
            .map(model -> {
              List<Include> includes = new ArrayList<>(model.body().includes());
              if (includes.size() > (model.root() == null ? 1 : 0)) {
                includes.removeLast();
              }
              return new Model(
                  model.name(),
                  model.root(),
                  model.key(),
                  model.where(),
                  new Body(model.body().fields(), includes));
            })
            .toList();
    return new Case(one.tables(), models, one.batches());
  }

  /** The same models with arrays in the declared order alone. */
  static ReadModels withoutTieBreak(ReadModels models) {
    List<CompiledModel> changed =
        models.models().stream()
            .map(model -> {
              Tree tree = ((CompiledModel) model).tree();
              return new CompiledModel(
                  new Tree(
                      tree.name(),
                      tree.key(),
                      tree.cadence(),
                      tree.root(),
                      withoutTieBreak(tree.body()),
                      tree.occurrences()));
            })
            .toList();
    return new ReadModels(changed, models::follow, List.of());
  }

  private static Member.Body withoutTieBreak(Member.Body body) {
    List<Member> members =
        body.members().stream()
            .<Member>map(member ->
                switch (member) {
                  case Member.Many many ->
                      new Member.Many(
                          many.name(),
                          many.rows(),
                          declared(many),
                          many.limit(),
                          withoutTieBreak(many.body()),
                          many.link());
                  case Member.One one ->
                      new Member.One(
                          one.name(), one.rows(), withoutTieBreak(one.body()), one.isOptional());
                  case Member.Aggregate aggregate -> aggregate;
                })
            .toList();
    return new Member.Body(body.fields(), members);
  }

  /** What is left keeps at least one column, or there would be no order at all. */
  private static List<Member.Order> declared(Member.Many many) {
    Set<String> key = Set.copyOf(many.rows().occurrence().table().primaryKey());
    List<Member.Order> declared =
        many.order().stream().filter(order -> !key.contains(order.column())).toList();
    return declared.isEmpty() ? List.of(Objects.requireNonNull(many.order().getFirst())) : declared;
  }
}
