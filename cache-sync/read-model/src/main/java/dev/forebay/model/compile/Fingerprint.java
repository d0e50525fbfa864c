package dev.forebay.model.compile;

import dev.forebay.model.catalog.Column;
import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.tree.Field;
import dev.forebay.model.tree.Member;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Query;
import dev.forebay.model.tree.Rows;
import dev.forebay.model.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What documents depend on besides the changes that the log tells, as one hash: their declaration,
 * the types of columns with the labels of enums, when each column was last altered, and which
 * partitions there are.
 *
 * <p>A column is altered by the statement that rewrites its values in silence ({@code ALTER TYPE …
 * USING}), and made again with a table that was dropped; it is not by a truncation, which has an
 * event, nor by {@code VACUUM FULL}, which changes no value. The file of an ordinary table would
 * tell all four alike, so it is left out; of a partition it is the only sign of a truncation by its
 * own name.
 */
final class Fingerprint {

  /** To be raised when the same SQL gives other bytes, for example by other pinned settings. */
  private static final String FORM = "1";

  private Fingerprint() {}

  /** The build SQL tells names, conditions, order and JSON rules; the types are added to it. */
  static String of(Tree tree, String buildSql) {
    StringBuilder text = new StringBuilder(FORM).append('\n').append(buildSql);
    text.append('\n').append(tree.key().key(tree.name(), tree.key().columns()).kvKey());
    if (tree.root() != null) {
      addTypes(tree.root(), text);
    }
    addTypes(tree.body(), text);
    for (Occurrence occurrence : tree.occurrences()) {
      addNamed(occurrence.table(), buildSql, text);
      addPartitions(occurrence.table(), text);
    }
    return hash(text);
  }

  /** A query reads whichever columns it names: too many of them only cost a rebuild. */
  static String of(Query query, String buildSql) {
    StringBuilder text = new StringBuilder(FORM).append('\n').append(buildSql);
    text.append('\n').append(query.key().key(query.name(), query.key().columns()).kvKey());
    for (Query.Source source : query.sources()) {
      text.append('\n').append(source.table().name().sql());
      addNamed(source.table(), query.sql(), text);
      addPartitions(source.table(), text);
    }
    return hash(text);
  }

  private static String hash(StringBuilder text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void addTypes(Member.Body body, StringBuilder text) {
    addTypes(body.fields(), text);
    for (Member member : body.members()) {
      addTypes(member.rows(), text);
      switch (member) {
        case Member.One one -> addTypes(one.body(), text);
        case Member.Many many -> {
          addTypes(many.link(), text);
          addTypes(many.body(), text);
        }
        case Member.Aggregate aggregate -> {
          Field operand = aggregate.operand();
          addTypes(operand == null ? List.of() : List.of(operand), text);
        }
      }
    }
  }

  private static void addTypes(List<Field> fields, StringBuilder text) {
    for (Field field : fields) {
      text.append('\n').append(field.name());
      addType(field.type(), text);
    }
  }

  private static void addType(ColumnType type, StringBuilder text) {
    text.append(' ').append(type.sql());
    type.labels().forEach(label -> text.append(' ').append(label.length()).append(label));
    if (type.element() != null) {
      addType(type.element(), text);
    }
  }

  /** Columns that the user's SQL may read: too many of them only cost a rebuild. */
  private static void addTypes(Rows rows, StringBuilder text) {
    if (rows.through() != null) {
      addTypes(rows.through(), text);
    }
    addNamed(rows.occurrence().table(), rows.where() + String.join(" ", rows.expressions()), text);
  }

  /** The log is silent when one is attached, detached or truncated by its own name. */
  private static void addPartitions(Table table, StringBuilder text) {
    table
        .partitions()
        .forEach((name, partition) ->
            text.append('\n').append(name.sql()).append(' ').append(partition.state()));
  }

  private static void addNamed(Table table, String sql, StringBuilder text) {
    for (Column column : table.columns().values()) {
      if (sql.contains(column.name())) {
        text.append('\n').append(column.name()).append(' ').append(column.state());
        addType(column.type(), text);
      }
    }
  }
}
