package dev.forebay.model.compile;

import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.ForebayFile;
import dev.forebay.model.file.Location;
import dev.forebay.model.file.Problems;
import dev.forebay.model.tree.Field;
import dev.forebay.model.tree.Member;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Rows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the members of a JSON object, to any depth. Goes on after a problem, so that one start
 * shows all. Confined to one thread, used for one model.
 */
final class MemberResolver {

  /** Deeper trees would run into the planner's limits, and no reader wants them. */
  private static final int MAX_DEPTH = 16;

  private final RelationResolver relations;
  private final ColumnResolver columns;
  private final OrderResolver orders;
  private final Occurrences occurrences;
  private final Problems problems;

  MemberResolver(
      RelationResolver relations,
      ColumnResolver columns,
      OrderResolver orders,
      Occurrences occurrences,
      Problems problems) {
    this.relations = relations;
    this.columns = columns;
    this.orders = orders;
    this.occurrences = occurrences;
    this.problems = problems;
  }

  /** The members of an object, and the expressions over its row that they name. */
  record Members(Member.Body body, List<String> expressions) {}

  /** Returns an object's members; null, with a problem, if any is unclear. */
  @Nullable Members members(ForebayFile.Body body, @Nullable Occurrence row) throws SQLException {
    List<Field> fields = List.of();
    List<String> expressions = List.of();
    if (row != null) {
      ColumnResolver.Fields resolved = columns.fields(body.fields(), row.table());
      fields = resolved.fields();
      expressions = resolved.expressions();
    }
    List<Member> members = new ArrayList<>();
    for (ForebayFile.MemberEntry entry : body.members()) {
      Member member = member(entry, row);
      if (member != null) {
        members.add(member);
      }
    }
    boolean complete =
        fields.size() == body.fields().size() && members.size() == body.members().size();
    return complete ? new Members(new Member.Body(fields, members), expressions) : null;
  }

  private @Nullable Member member(ForebayFile.MemberEntry entry, @Nullable Occurrence outer)
      throws SQLException {
    Table table = relations.table(entry.relation().from());
    if (table == null) {
      return null;
    }
    if (outer != null && outer.depth() >= MAX_DEPTH) {
      problems.add(entry.name().at(), "This is nested deeper than " + MAX_DEPTH + " tables.", null);
      return null;
    }
    Place place = place(entry.relation(), table, outer);
    ColumnResolver.Where where = columns.where(entry.relation().where(), table);
    return switch (entry) {
      case ForebayFile.Nested nested -> nested(nested, table, place, where);
      case ForebayFile.Aggregate aggregate -> {
        ColumnResolver.Operand operand = columns.operand(aggregate, table);
        yield operand == null || place == null || where == null
            ? null
            : new Member.Aggregate(
                aggregate.name().value(),
                new Rows(place.occurrence, place.through, where.sql(), operand.expressions()),
                aggregate.function(),
                operand.field(),
                operand.type());
      }
    };
  }

  private @Nullable Member nested(
      ForebayFile.Nested nested,
      Table table,
      @Nullable Place place,
      ColumnResolver.@Nullable Where where)
      throws SQLException {
    // Without a place its members can be checked all the same.
    Occurrence row = place == null ? Occurrence.unplaced(table) : place.occurrence;
    Occurrence between = place == null || place.through == null ? null : place.through.occurrence();
    List<Member.Order> order = orders.order(nested.order(), row, between);
    Members members = members(nested.body(), row);
    if (place == null || where == null || members == null || order == null) {
      return null;
    }
    String name = nested.name().value();
    Rows rows = new Rows(place.occurrence, place.through, where.sql(), members.expressions);
    if (place.isMany()) {
      Integer limit = nested.limit() == null ? null : nested.limit().rows();
      return new Member.Many(name, rows, order, limit, members.body, place.link);
    }
    if (!nested.order().isEmpty()) {
      problems.add(
          nested.order().getFirst().column().at(),
          "'" + name + "' is at most one row, so 'order' and 'limit' mean nothing.",
          "Remove them.");
      return null;
    }
    Occurrence outer = place.occurrence.outer();
    boolean sure =
        outer != null
            && where.sql() == null
            && relations.isEnforced(table, outer.table(), place.occurrence.link());
    return new Member.One(name, rows, members.body, !sure);
  }

  /**
   * Where a member's rows stand.
   *
   * @param link what each object gets from the row between
   */
  private record Place(Occurrence occurrence, @Nullable Rows through, List<Field> link) {
    /** Unique link columns name at most one row, whichever side the foreign key is on. */
    boolean isMany() {
      return through != null
          || occurrence.link().isEmpty()
          || !occurrence.table().isUnique(occurrence.linkColumns());
    }
  }

  private @Nullable Place place(
      ForebayFile.Relation relation, Table table, @Nullable Occurrence outer) throws SQLException {
    Location at = relation.from().at();
    ForebayFile.Through between = relation.through();
    if (outer == null) {
      if (between != null || relation.on() != null) {
        problems.add(
            at, "There is no row around a singleton to link to.", "Remove 'through' and 'on'.");
        return null;
      }
      return new Place(occurrences.add(table, null, List.of(), at), null, List.of());
    }
    if (between == null) {
      List<Occurrence.Link> link =
          relations.link(relation.from(), table, outer.table(), relation.on());
      return link == null
          ? null
          : new Place(occurrences.add(table, outer, link, at), null, List.of());
    }
    return through(relation, between, table, outer);
  }

  private @Nullable Place through(
      ForebayFile.Relation relation, ForebayFile.Through between, Table table, Occurrence outer)
      throws SQLException {
    Table linking = relations.table(between.from());
    if (linking == null) {
      return null;
    }
    List<Occurrence.Link> inner =
        relations.link(between.from(), linking, outer.table(), between.on());
    List<Occurrence.Link> own = relations.link(relation.from(), table, linking, relation.on());
    ColumnResolver.Where where = columns.where(between.where(), linking);
    ColumnResolver.Fields fields = columns.fields(between.fields(), linking);
    boolean complete = fields.fields().size() == between.fields().size();
    if (inner == null || own == null || where == null || !complete) {
      return null;
    }
    Occurrence row = occurrences.add(linking, outer, inner, between.from().at());
    Rows through = new Rows(row, null, where.sql(), fields.expressions());
    return new Place(
        occurrences.add(table, row, own, relation.from().at()), through, fields.fields());
  }
}
