package dev.forebay.model.compile;

import dev.forebay.model.KeyTemplate;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.ForebayFile;
import dev.forebay.model.file.ForebayFile.ModelEntry;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import dev.forebay.model.tree.Field;
import dev.forebay.model.tree.Member;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Rows;
import dev.forebay.model.tree.Tree;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the names of one model. Goes on after a problem, so that one start shows all; what it
 * returns then is null. Confined to one thread, used for one model.
 */
final class TreeResolver {

  private final RelationResolver relations;
  private final ColumnResolver columns;
  private final Problems problems;
  private final List<Occurrence> occurrences = new ArrayList<>();
  private final Map<Occurrence, Integer> lines = new LinkedHashMap<>();

  TreeResolver(RelationResolver relations, ColumnResolver columns, Problems problems) {
    this.relations = relations;
    this.columns = columns;
    this.problems = problems;
  }

  /** Returns the tree; null, with a problem, if anything in it is unclear. */
  @Nullable Tree resolve(ModelEntry model) throws SQLException {
    if (model.from() == null) {
      Members members = members(model.body(), null);
      return members == null ? null : tree(model, null, members);
    }
    Table table = relations.table(model.from());
    if (table == null) {
      return null;
    }
    Occurrence root = occurrence(table, null, List.of(), model.keyLine());
    boolean keyed = checkKey(table, model.key(), model.keyLine());
    Members members = members(model.body(), root);
    ColumnResolver.Where where = columns.where(model.where(), table);
    return !keyed || members == null || where == null
        ? null
        : tree(model, new Rows(root, null, where.sql(), members.expressions), members);
  }

  /** The line that declares each occurrence. */
  Map<Occurrence, Integer> lines() {
    return lines;
  }

  private Tree tree(ModelEntry model, @Nullable Rows root, Members members) {
    return new Tree(
        model.name().value(), model.key(), model.minInterval(), root, members.body, occurrences);
  }

  private boolean checkKey(Table table, KeyTemplate key, int line) {
    boolean known = true;
    for (String column : key.columns()) {
      known &= relations.hasColumn(table, new Text(column, line));
    }
    boolean unique = table.isUnique(key.columns());
    if (known && !unique) {
      problems.add(
          line,
          "Two rows of "
              + table.name()
              + " can have the same key: no unique index covers "
              + String.join(", ", key.columns())
              + ".",
          "Add one over all rows, or use the primary key.");
    }
    return known && unique;
  }

  private Occurrence occurrence(
      Table table, @Nullable Occurrence outer, List<Occurrence.Link> link, int line) {
    Occurrence occurrence = new Occurrence(occurrences.size(), table, outer, link);
    occurrences.add(occurrence);
    lines.put(occurrence, line);
    return occurrence;
  }

  private record Members(Member.Body body, List<String> expressions) {}

  private @Nullable Members members(ForebayFile.Body body, @Nullable Occurrence row)
      throws SQLException {
    List<Field> fields = new ArrayList<>();
    List<String> expressions = new ArrayList<>();
    boolean complete = true;
    for (ForebayFile.FieldEntry entry : body.fields()) {
      Field field = row == null ? null : columns.field(entry, row.table(), expressions);
      if (field == null) {
        complete = false;
      } else {
        fields.add(field);
      }
    }
    List<Member> members = new ArrayList<>();
    for (ForebayFile.MemberEntry entry : body.members()) {
      Member member = member(entry, row);
      if (member == null) {
        complete = false;
      } else {
        members.add(member);
      }
    }
    return complete ? new Members(new Member.Body(fields, members), expressions) : null;
  }

  private @Nullable Member member(ForebayFile.MemberEntry entry, @Nullable Occurrence outer)
      throws SQLException {
    Table table = relations.table(entry.relation().from());
    if (table == null) {
      return null;
    }
    Place place = place(entry, table, outer);
    ColumnResolver.Where where = columns.where(entry.relation().where(), table);
    if (entry instanceof ForebayFile.Nested nested) {
      // Without a place its members can be checked all the same.
      Occurrence row =
          place == null ? new Occurrence(-1, table, null, List.of()) : place.occurrence;
      List<Member.Order> order = columns.order(nested.order(), table);
      Members members = members(nested.body(), row);
      return place == null || where == null || members == null
          ? null
          : nested(nested, place, where, order, members);
    }
    return place == null || where == null
        ? null
        : new Member.Count(
            entry.name().value(),
            new Rows(place.occurrence, place.through, where.sql(), List.of()));
  }

  private @Nullable Member nested(
      ForebayFile.Nested nested,
      Place place,
      ColumnResolver.Where where,
      List<Member.Order> order,
      Members members) {
    String name = nested.name().value();
    Rows rows = new Rows(place.occurrence, place.through, where.sql(), members.expressions);
    if (place.isMany()) {
      Integer limit = nested.limit() == null ? null : nested.limit().rows();
      return new Member.Many(name, rows, order, limit, members.body);
    }
    if (!nested.order().isEmpty()) {
      problems.add(
          nested.order().getFirst().column().line(),
          "'" + name + "' is at most one row, so 'order' and 'limit' mean nothing.",
          "Remove them.");
      return null;
    }
    return new Member.One(name, rows, members.body);
  }

  private record Place(Occurrence occurrence, @Nullable Occurrence through) {
    /** Unique link columns name at most one row, whichever side the foreign key is on. */
    boolean isMany() {
      return through != null
          || occurrence.link().isEmpty()
          || !occurrence.table().isUnique(occurrence.linkColumns());
    }
  }

  private @Nullable Place place(
      ForebayFile.MemberEntry entry, Table table, @Nullable Occurrence outer) throws SQLException {
    ForebayFile.Relation relation = entry.relation();
    int line = relation.from().line();
    if (outer == null) {
      if (relation.through() != null || relation.on() != null) {
        problems.add(
            line, "There is no row around a singleton to link to.", "Remove 'through' and 'on'.");
        return null;
      }
      return new Place(occurrence(table, null, List.of(), line), null);
    }
    Occurrence nearest = outer;
    Occurrence through = null;
    if (relation.through() != null) {
      Text from = relation.through().from();
      Table between = relations.table(from);
      List<Occurrence.Link> link =
          between == null
              ? null
              : relations.link(from, between, outer.table(), relation.through().on());
      if (between == null || link == null) {
        return null;
      }
      through = occurrence(between, outer, link, from.line());
      nearest = through;
    }
    List<Occurrence.Link> link =
        relations.link(relation.from(), table, nearest.table(), relation.on());
    return link == null ? null : new Place(occurrence(table, nearest, link, line), through);
  }
}
