package dev.forebay.model.file;

import dev.forebay.model.Cadence;
import dev.forebay.model.KeyTemplate;
import dev.forebay.model.Verb;
import dev.forebay.model.tree.Function;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What forebay.yaml says, in the order of the file.
 *
 * @param models names unique
 * @param resources names unique
 */
public record ForebayFile(List<ModelEntry> models, List<ResourceEntry> resources) {
  public ForebayFile {
    models = List.copyOf(models);
    resources = List.copyOf(resources);
  }

  /**
   * One read model.
   *
   * @param key where and how documents are named; {@link KeyTemplate#SINGLETON} for a singleton
   * @param keyAt where {@code key} stands
   * @param from the root table; null for a singleton
   * @param where SQL over the root's columns, or null
   * @param cadence when documents are written
   * @param query stands for {@code from}, {@code where} and {@code body}, or is null
   */
  public record ModelEntry(
      Text name,
      KeyTemplate key,
      Location keyAt,
      @Nullable Text from,
      @Nullable Text where,
      Cadence cadence,
      Body body,
      @Nullable Query query) {}

  /**
   * SQL by hand, instead of a tree.
   *
   * @param sql one SELECT
   * @param dependsOn tables, each with the SELECT of keys or, if every row concerns all documents,
   *     null
   */
  public record Query(Text sql, List<Dependency> dependsOn) {
    public Query {
      dependsOn = List.copyOf(dependsOn);
    }
  }

  /** A table that a query reads, and the SELECT that leads from its rows to keys, or null. */
  public record Dependency(Text table, @Nullable Text keys) {}

  /**
   * The members of a JSON object: fields of its own row, then what is included.
   *
   * @param at where the object is declared
   */
  public record Body(Location at, List<FieldEntry> fields, List<MemberEntry> members) {
    public Body {
      fields = List.copyOf(fields);
      members = List.copyOf(members);
    }
  }

  /**
   * One member made from the object's own row.
   *
   * @param name in JSON
   * @param source a column, or SQL over the row's columns if no column has this name
   */
  public record FieldEntry(Text name, Text source) {}

  /** One member made from other rows. */
  public sealed interface MemberEntry {
    /** The name in JSON. */
    Text name();

    /** Which rows. */
    Relation relation();
  }

  /** An object or an array of objects. */
  public record Nested(
      Text name, Relation relation, List<Order> order, @Nullable Limit limit, Body body)
      implements MemberEntry {
    public Nested {
      order = List.copyOf(order);
    }
  }

  /**
   * One value made of all rows.
   *
   * @param operand a column or SQL over the rows' columns; null if the function takes none
   */
  public record Aggregate(Text name, Function function, Relation relation, @Nullable Text operand)
      implements MemberEntry {}

  /**
   * Which rows belong to the enclosing row.
   *
   * @param from their table
   * @param through the table between, or null
   * @param on how they are linked; null if the one foreign key says it
   * @param where SQL over their columns, or null
   */
  public record Relation(
      Text from, @Nullable Through through, @Nullable On on, @Nullable Text where) {}

  /**
   * The table between two others.
   *
   * @param on how it is linked to the enclosing one; null if the one foreign key says it
   * @param where SQL over its columns, or null
   * @param fields what each object gets from the row between
   */
  public record Through(Text from, @Nullable On on, @Nullable Text where, List<FieldEntry> fields) {
    public Through {
      fields = List.copyOf(fields);
    }
  }

  /**
   * Columns that must be equal.
   *
   * @param pairs own column to column of the table before it
   */
  public record On(Location at, Map<Text, Text> pairs) {}

  /**
   * One column of an order.
   *
   * @param column with {@code through.} before it, if it is one of the table between
   * @param nullsFirst null if the direction decides, as in PostgreSQL
   */
  public record Order(Text column, boolean descending, @Nullable Boolean nullsFirst) {}

  /** At most so many rows. */
  public record Limit(int rows, Location at) {}

  /**
   * One table that clients may write.
   *
   * @param key empty if the primary key is meant
   * @param roles a list for all verbs says the same for each
   * @param version null if not said
   * @param as null if not said
   */
  public record ResourceEntry(
      Text name,
      Text table,
      List<Text> key,
      List<Text> write,
      Map<Verb, List<Text>> roles,
      @Nullable Text version,
      boolean ifMatchRequired,
      @Nullable Text as) {
    public ResourceEntry {
      key = List.copyOf(key);
      write = List.copyOf(write);
      roles = Map.copyOf(roles);
    }
  }
}
