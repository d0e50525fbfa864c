package dev.forebay.ledger;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger said in one snapshot of the database, beside the rows of that snapshot. Reads only,
 * on a connection that is not its own; confined to one thread.
 */
public final class LedgerSnapshot {

  /**
   * What KV holds under one key.
   *
   * @param hash of the value; null if there is none, and only a call is open
   * @param bytes of the value in UTF-8
   * @param open whether a call without an answer may still change it
   */
  public record Held(@Nullable String hash, int bytes, boolean open) {}

  /** The documents of one model that KV holds. */
  public record Total(long documents, long bytes) {}

  /**
   * A model as a worker knows it.
   *
   * @param fingerprint what it was declared with; empty if the file that was declared last has no
   *     such model
   * @param due whether its documents are still being brought to that declaration
   */
  public record Registered(String fingerprint, boolean due) {}

  private static final List<String> TABLES = List.of("document", "intent", "model");
  private static final String DECLARATION = "declaration";

  private final Connection connection;
  private final Instance instance;
  private final String schema;

  private LedgerSnapshot(Connection connection, Instance instance) {
    this.connection = connection;
    this.instance = instance;
    this.schema = '"' + instance.databaseName() + "\".";
  }

  /**
   * Opens the ledger of an instance.
   *
   * @param connection inside a transaction, whose snapshot counts
   * @return empty if the instance has no ledger, so that KV holds nothing of it
   * @throws LedgerException.NotReadable if there is one that this role may not read
   */
  public static Optional<LedgerSnapshot> open(Connection connection, Instance instance)
      throws SQLException {
    LedgerSnapshot ledger = new LedgerSnapshot(connection, instance);
    for (String table : TABLES) {
      if (!ledger.has(table)) {
        return Optional.empty();
      }
    }
    return Optional.of(ledger);
  }

  /** Asks the catalog, which every role may read: a name would fail without USAGE. */
  private boolean has(String table) throws SQLException {
    String sql =
        """
        select has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'),
               current_user
        from pg_namespace n join pg_class c on c.relnamespace = n.oid
        where n.nspname = ? and c.relname = ?\
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, instance.databaseName());
      statement.setString(2, table);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return false;
        }
        if (!row.getBoolean(1)) {
          throw new LedgerException.NotReadable(instance.databaseName(), row.getString(2));
        }
        return true;
      }
    }
  }

  /** Returns what KV holds under each key; a key that is missing here was never published. */
  public Map<String, Held> find(Collection<String> kvKeys) throws SQLException {
    String sql =
        """
        select k, d.hash, d.bytes, i.kv_key is not null
        from unnest(?) k
        left join %1$sdocument d on d.kv_key = k
        left join (select distinct kv_key from %1$s%2$s) i on i.kv_key = k
        where d.kv_key is not null or i.kv_key is not null\
        """
            .formatted(schema, inDoubt());
    Map<String, Held> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", kvKeys.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.put(row.getString(1), new Held(row.getString(2), row.getInt(3), row.getBoolean(4)));
        }
      }
    }
    return found;
  }

  /** Counts the documents that KV holds, by model. */
  public Map<String, Total> totals() throws SQLException {
    String sql =
        "select model, count(*), sum(bytes::bigint) from %sdocument group by model"
            .formatted(schema);
    Map<String, Total> totals = new TreeMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        totals.put(row.getString(1), new Total(row.getLong(2), row.getLong(3)));
      }
    }
    return totals;
  }

  /** How many calls without an answer are open: a worker that starts asserts their keys again. */
  public long openCalls() throws SQLException {
    String sql = "select count(distinct kv_key) from %s%s".formatted(schema, inDoubt());
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The ledger of an older Forebay has an intent for each key of a call. */
  private String inDoubt() throws SQLException {
    return has("in_doubt") ? "in_doubt" : "intent";
  }

  /** Returns every model that a worker has ever declared, by name. */
  public Map<String, Registered> models() throws SQLException {
    String sql = "select name, fingerprint, requested > completed from %smodel".formatted(schema);
    Map<String, Registered> models = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        models.put(row.getString(1), new Registered(row.getString(2), row.getBoolean(3)));
      }
    }
    return models;
  }

  /** Lists the documents of a model by KV key, see {@link Documents#page}. */
  public List<DocumentKey> page(String model, String after, int limit) throws SQLException {
    String sql =
        """
        select kv_key, model, key_values from %sdocument
        where kv_key >= ? and kv_key < ? and kv_key > ? order by kv_key limit ?\
        """
            .formatted(schema);
    List<DocumentKey> page = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, Documents.first(model));
      statement.setString(2, Documents.beyond(model));
      statement.setString(3, after);
      statement.setInt(4, limit);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          page.add(Documents.key(row));
        }
      }
    }
    return page;
  }

  /** The forebay.yaml that a worker declared last; empty if none has said it yet. */
  public Optional<String> declaration() throws SQLException {
    if (!has(DECLARATION)) {
      return Optional.empty(); // the ledger of an older Forebay
    }
    String sql = "select text from %sdeclaration".formatted(schema);
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
    }
  }
}
