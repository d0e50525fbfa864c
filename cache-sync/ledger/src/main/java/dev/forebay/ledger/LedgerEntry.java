package dev.forebay.ledger;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.Snapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Everything the ledger says of one key, for people.
 *
 * @param stored what KV holds; null: nothing
 * @param open a call that got no definite answer; null: none
 * @param suspectUntil until when a worker without a lease may still change the key, or when
 *     somebody found it wrong; null: neither
 * @param dead why it cannot be published; null if it can
 * @param requested whether somebody asked that it is built again, and it is not settled since
 * @param held whether it is, and waits because the day's writes run short
 * @param model null if no worker has ever published one of this name
 */
public record LedgerEntry(
    @Nullable Stored stored,
    @Nullable Open open,
    @Nullable Instant suspectUntil,
    @Nullable DeadLetter dead,
    boolean requested,
    boolean held,
    @Nullable ModelState model) {

  /**
   * A document as last settled.
   *
   * @param bytes of the value in UTF-8
   * @param snapshot the document's version
   */
  public record Stored(String hash, int bytes, Snapshot snapshot, Instant settledAt) {}

  /**
   * A call without a definite answer.
   *
   * @param operation {@code write} or {@code delete}
   * @param hash of the value to write; null to delete
   * @param deadline until when it may be applied
   */
  public record Open(String operation, @Nullable String hash, Instant deadline) {}

  /**
   * The key's model.
   *
   * @param removed since when the file declares it no more; null if it does
   * @param resync why all its documents are looked at; null if they are not
   * @param settled documents of that resync so far
   * @param total about how many there are; -1 until it has begun
   * @param since a document whose version sees all that this one sees is newer than the request;
   *     null until it has begun
   */
  public record ModelState(
      @Nullable Instant removed,
      @Nullable String resync,
      long settled,
      long total,
      @Nullable Snapshot since) {}

  /**
   * Reads what there is.
   *
   * @param connection inside a transaction, whose snapshot counts; {@link LedgerSnapshot#open} has
   *     found a ledger in it
   */
  public static LedgerEntry read(Connection connection, Instance instance, DocumentKey key)
      throws SQLException {
    String sql =
        """
        select d.hash, d.bytes, d.snapshot, d.settled_at,
          i.operation, i.hash, i.deadline, s.deadline,
          l.reason, l.attempts, l.first_at, l.last_at, l.retry_at is not null,
          r.kv_key is not null,
          m.name, m.removed_at, case when m.requested > m.completed then m.reason end,
          coalesce(p.settled, 0), coalesce(p.total, -1), p.since, coalesce(r.held, false)
        from (select ?::text, ?::text) k(kv_key, model)
        left join %1$sdocument d on d.kv_key = k.kv_key
        left join lateral (
          select operation, hash, deadline from %1$sin_doubt where kv_key = k.kv_key
          order by deadline desc limit 1) i on true
        left join %1$ssuspect s on s.kv_key = k.kv_key
        left join %1$sdead_letter l on l.kv_key = k.kv_key
        left join %1$srequested_document r on r.kv_key = k.kv_key
        left join %1$smodel m on m.name = k.model
        left join %1$sresync_progress p on p.model = m.name and p.request = m.requested\
        """
            .formatted('"' + instance.databaseName() + "\".");
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, key.kvKey());
      statement.setString(2, key.model());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new LedgerEntry(
            stored(row),
            open(row),
            instant(row, 8),
            dead(row, key),
            row.getBoolean(14),
            row.getBoolean(21),
            row.getString(15) == null ? null : model(row));
      }
    }
  }

  private static @Nullable Stored stored(ResultSet row) throws SQLException {
    String hash = row.getString(1);
    return hash == null
        ? null
        : new Stored(
            hash, row.getInt(2), Snapshot.parse(row.getString(3)), LedgerSql.instant(row, 4));
  }

  private static @Nullable Open open(ResultSet row) throws SQLException {
    String operation = row.getString(5);
    return operation == null
        ? null
        : new Open(operation, row.getString(6), LedgerSql.instant(row, 7));
  }

  private static @Nullable DeadLetter dead(ResultSet row, DocumentKey key) throws SQLException {
    String reason = row.getString(9);
    return reason == null
        ? null
        : new DeadLetter(
            key,
            reason,
            row.getInt(10),
            LedgerSql.instant(row, 11),
            LedgerSql.instant(row, 12),
            row.getBoolean(13));
  }

  private static ModelState model(ResultSet row) throws SQLException {
    String since = row.getString(20);
    return new ModelState(
        instant(row, 16),
        row.getString(17),
        row.getLong(18),
        row.getLong(19),
        since == null ? null : Snapshot.parse(since));
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column) == null ? null : LedgerSql.instant(row, column);
  }
}
