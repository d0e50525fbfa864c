package dev.forebay.model.compile;

import dev.forebay.model.KeyTemplate;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.ForebayFile.ModelEntry;
import dev.forebay.model.file.Location;
import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Rows;
import dev.forebay.model.tree.Tree;
import java.sql.SQLException;
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
  private final MemberResolver members;
  private final Occurrences occurrences = new Occurrences();
  private final Problems problems;

  TreeResolver(
      RelationResolver relations, ColumnResolver columns, OrderResolver orders, Problems problems) {
    this.relations = relations;
    this.columns = columns;
    this.members = new MemberResolver(relations, columns, orders, occurrences, problems);
    this.problems = problems;
  }

  /** Returns the tree; null, with a problem, if anything in it is unclear. */
  @Nullable Tree resolve(ModelEntry model) throws SQLException {
    if (model.from() == null) {
      MemberResolver.Members body = members.members(model.body(), null);
      return body == null ? null : tree(model, null, body);
    }
    Table table = relations.table(model.from());
    if (table == null) {
      return null;
    }
    Occurrence root = occurrences.add(table, null, List.of(), model.keyAt());
    boolean keyed = checkKey(table, model.key(), model.keyAt());
    MemberResolver.Members body = members.members(model.body(), root);
    ColumnResolver.Where where = columns.where(model.where(), table);
    return !keyed || body == null || where == null
        ? null
        : tree(model, new Rows(root, null, where.sql(), body.expressions()), body);
  }

  /** Where each occurrence is declared. */
  Map<Occurrence, Location> locations() {
    return occurrences.locations();
  }

  private Tree tree(ModelEntry model, @Nullable Rows root, MemberResolver.Members members) {
    return new Tree(
        model.name().value(),
        model.key(),
        model.cadence(),
        root,
        members.body(),
        occurrences.list());
  }

  private boolean checkKey(Table table, KeyTemplate key, Location at) {
    boolean known = true;
    for (String column : key.columns()) {
      known &= relations.hasColumn(table, new Text(column, at));
    }
    boolean unique = table.isUnique(key.columns());
    if (known && !unique) {
      problems.add(
          at,
          "Two rows of "
              + table.name()
              + " can have the same key: no unique index covers "
              + String.join(", ", key.columns())
              + ".",
          "Add one over all rows, or use the primary key.");
    }
    return known && unique;
  }
}
