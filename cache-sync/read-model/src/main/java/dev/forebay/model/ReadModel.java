package dev.forebay.model;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One kind of document, compiled against a database. Immutable and safe for any thread; the
 * connections it is given are not its own and stay open.
 */
public interface ReadModel {

  /** The name in forebay.yaml: the first part of every KV key of this model. */
  String name();

  /**
   * A hash that changes whenever the bytes of any document of this model could change for a reason
   * other than its rows: the declaration, or the columns it reads.
   */
  String fingerprint();

  /** When its documents are written. */
  Cadence cadence();

  /** Every table a document of this model is made from. */
  SortedSet<TableName> tables();

  /** Names of the values that make a key, in the order of {@link #key}; empty for a singleton. */
  List<String> keyNames();

  /**
   * The TypeScript type of a document: an object type over several lines. It may name {@code
   * JsonValue}, {@code Float} and {@code PgArray}, see {@code dev.forebay.model.types}.
   */
  String documentType();

  /**
   * Those of {@link #tables} of which any changed row concerns every document. {@link Router} names
   * no document for them: request a resync of the model.
   */
  SortedSet<TableName> wholeTables();

  /**
   * Names the document with these key values, see {@link DocumentKey#values}.
   *
   * @throws IllegalArgumentException if the template has another number of columns, or a value is
   *     not well-formed Unicode: no row has such a key, answer as for one that does not exist
   */
  DocumentKey key(List<String> values);

  /** Reads a KV key back: which of this model's documents it names; empty if none can have it. */
  Optional<DocumentKey> match(String kvKey);

  /**
   * Builds documents in the snapshot of the given connection: one statement, whatever the number of
   * keys.
   *
   * @param connection of a {@link SnapshotSession}
   * @param keys of this model, without duplicates; one whose number of values does not fit the
   *     template belongs to nobody
   * @return one document per key, in no particular order, its JSON null where no root row owns the
   *     key
   */
  default List<Document> build(Connection connection, Collection<DocumentKey> keys)
      throws SQLException {
    return build(connection, keys, Long.MAX_VALUE);
  }

  /**
   * Builds documents as {@link #build(Connection, Collection)} does, but no more of them than are
   * good to hold at once.
   *
   * @param maxCharacters of JSON: once the documents hold so many together, the others are left out
   * @return one document per key that was looked at, at least one of those asked for
   */
  List<Document> build(Connection connection, Collection<DocumentKey> keys, long maxCharacters)
      throws SQLException;

  /**
   * Lists the keys of all documents that exist in the connection's snapshot, one page at a time.
   *
   * @param after the last key of the page before, or null for the first page
   * @param limit at least 1
   * @return at most {@code limit} keys in a stable order; fewer only at the end
   */
  List<DocumentKey> keys(Connection connection, @Nullable DocumentKey after, int limit)
      throws SQLException;

  /**
   * Lists the keys of those documents whose root row a condition holds for.
   *
   * @param condition SQL by a person, over the columns of the root table
   * @param each gets the keys as they come
   * @throws SQLException if it is no condition
   */
  void keysWhere(Connection connection, String condition, Consumer<DocumentKey> each)
      throws SQLException;

  /** Counts all documents that exist in the connection's snapshot; reads every root row. */
  long count(Connection connection) throws SQLException;
}
