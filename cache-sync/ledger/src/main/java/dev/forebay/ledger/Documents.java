package dev.forebay.ledger;

import dev.forebay.ledger.LedgerSql.Transaction;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The documents that KV holds, as last settled. */
public final class Documents {

  private final LedgerSql sql;

  Documents(LedgerSql sql) {
    this.sql = sql;
  }

  /**
   * Returns what is known of each key, but for calls under way; a key that is missing here was
   * never published.
   */
  public Map<String, Published> find(Collection<String> kvKeys) {
    Map<String, Published> found = new HashMap<>();
    // Subqueries, because a join may read the whole table for a batch, and will while it grows.
    sql.transaction(
        "find documents",
        tx ->
            tx.query(
                """
                select k, (select hash from document where kv_key = k),
                  greatest((select deadline from intent where kv_key = k),
                    (select deadline from suspect where kv_key = k))
                from unnest(?) k\
                """,
                row -> {
                  Published known = new Published(row.getString(2), deadline(row));
                  if (!known.equals(Published.NOTHING)) {
                    found.put(row.getString(1), known);
                  }
                  return known;
                },
                tx.texts(kvKeys)));
    return found;
  }

  private static @Nullable Instant deadline(ResultSet row) throws SQLException {
    return row.getObject(3) == null ? null : LedgerSql.instant(row, 3);
  }

  /**
   * A key as last settled, for those who doubt it.
   *
   * @param hash of the value that KV holds; null if it holds none
   * @param version of that document; null if there is none
   * @param settledAgo how long ago that was settled; null if there is none
   * @param openUntil the deadline of an open intent or a suspect; null: the hash is certain
   */
  public record Known(
      @Nullable String hash,
      @Nullable Snapshot version,
      @Nullable Duration settledAgo,
      @Nullable Instant openUntil) {

    /** What is known of a key the ledger has never seen. */
    public static final Known NOTHING = new Known(null, null, null, null);
  }

  /** Returns all that is known of each key; a key that is missing here was never published. */
  public Map<String, Known> known(Collection<String> kvKeys) {
    Map<String, Known> found = new HashMap<>();
    sql.transaction(
        "look at documents",
        tx ->
            tx.query(
                """
                select k, d.hash, greatest(i.deadline, s.deadline), d.snapshot,
                  (extract(epoch from clock_timestamp() - d.settled_at) * 1000)::bigint
                from unnest(?) k
                left join document d on d.kv_key = k
                left join (select kv_key, max(deadline) from in_doubt group by kv_key) i(kv_key, deadline)
                  on i.kv_key = k
                left join suspect s on s.kv_key = k
                where d.kv_key is not null or i.kv_key is not null or s.kv_key is not null\
                """,
                row -> found.put(row.getString(1), known(row)),
                tx.texts(kvKeys)));
    return found;
  }

  private static Known known(ResultSet row) throws SQLException {
    String hash = row.getString(2);
    return hash == null
        ? new Known(null, null, null, deadline(row))
        : new Known(
            hash,
            Snapshot.parse(row.getString(4)),
            Duration.ofMillis(row.getLong(5)),
            deadline(row));
  }

  /**
   * Records what keys are known to hold without a call; none of them is a dead letter any more.
   *
   * @param term the caller's lease
   * @throws LedgerException.LeaseLost if another worker leads
   */
  public void settle(long term, Collection<Settled> settled) {
    if (settled.stream().anyMatch(one -> one.openUntil() != null)) {
      throw new IllegalArgumentException("what a call may still change is settled by closing it");
    }
    sql.leading("settle documents", term, tx -> store(tx, settled));
  }

  static void store(Transaction tx, Collection<Settled> settled) throws SQLException {
    List<Settled> stored = settled.stream().filter(one -> one.hash() != null).toList();
    List<Settled> deleted = settled.stream().filter(one -> one.hash() == null).toList();
    if (!deleted.isEmpty()) {
      tx.update(
          "delete from document where kv_key = any(?)",
          tx.texts(deleted, one -> one.key().kvKey()));
    }
    // To ask for a conflict of each costs as much again as to insert it.
    insert(tx, stored.stream().filter(Settled::isNew).toList(), "");
    insert(
        tx,
        stored.stream().filter(one -> !one.isNew()).toList(),
        """
         on conflict (kv_key) do update set
          model = excluded.model, key_values = excluded.key_values, hash = excluded.hash,
          bytes = excluded.bytes, snapshot = excluded.snapshot, settled_at = clock_timestamp()\
        """);
    if (!settled.isEmpty()) {
      tx.update(
          "delete from dead_letter where kv_key = any(?)",
          tx.texts(settled, one -> one.key().kvKey()));
    }
  }

  private static void insert(Transaction tx, List<Settled> stored, String onConflict)
      throws SQLException {
    if (stored.isEmpty()) {
      return;
    }
    tx.update(
        """
        insert into document (kv_key, model, key_values, hash, bytes, snapshot)
        select k, m, v::text[], h, b, s from unnest(?, ?, ?, ?, ?, ?) as one (k, m, v, h, b, s)\
        """
            + onConflict,
        tx.texts(stored, one -> one.key().kvKey()),
        tx.texts(stored, one -> one.key().model()),
        tx.arrays(stored, one -> one.key().values()),
        tx.texts(stored, Settled::hash),
        tx.numbers(stored.stream().map(one -> (long) one.bytes()).toList()),
        tx.texts(stored, one -> one.snapshot().toString()));
  }

  /**
   * What KV holds for certain.
   *
   * @param settled up to where in the log (a position in bytes) everything has been settled; 0 if
   *     there is no slot
   * @param versions by key: empty for no document. A key is missing here while a call may still
   *     change it, and while its version is one that this server has not reached: that of the
   *     server which the ledger was copied from. While another history begins, all are missing: the
   *     ledger is filled anew from what KV lists.
   */
  public record Certain(long settled, Map<String, Optional<Snapshot>> versions) {}

  /**
   * Returns what KV holds of these keys.
   *
   * @param most how long each of two statements may take
   */
  public Certain certain(Collection<String> kvKeys, Duration most) {
    return sql.look(
        "look at what is settled",
        most,
        tx -> {
          // First, by itself: what is settled up to there is seen by the statement after it.
          long settled = settled(tx);
          Map<String, Optional<Snapshot>> versions = new HashMap<>();
          tx.query(
              """
              select k, version
              from (select k, (select snapshot from "%1$s".document where kv_key = k) from unnest(?) k)
                as known (k, version)
              where not exists (select from "%1$s".in_doubt i where i.kv_key = k)
                and not exists (select from "%1$s".suspect s where s.kv_key = k)
                and not exists (select from "%1$s".history where adopting is not null)
                and (version is null or pg_snapshot_xmax(version::pg_snapshot)
                  <= pg_snapshot_xmax(pg_current_snapshot()))\
              """
                  .formatted(sql.schema()),
              row ->
                  versions.put(
                      row.getString(1), Optional.ofNullable(row.getString(2)).map(Snapshot::parse)),
              tx.texts(kvKeys));
          return new Certain(settled, versions);
        });
  }

  private long settled(Transaction tx) throws SQLException {
    return tx
        .query(
            "select (confirmed_flush_lsn - '0/0'::pg_lsn)::bigint from pg_replication_slots"
                + " where slot_name = ? and database = current_database()"
                + " and confirmed_flush_lsn is not null",
            row -> row.getLong(1),
            sql.schema())
        .stream()
        .findFirst()
        .orElse(0L);
  }

  /**
   * A part of a model's documents.
   *
   * @param keys those that were looked for
   * @param last the last document that was looked at; null if there was none
   * @param end whether there are no more
   */
  public record Part(List<DocumentKey> keys, @Nullable DocumentKey last, boolean end) {}

  /**
   * Looks through the documents of a model by KV key, a bounded number at a time, for those whose
   * version does not see all that a snapshot sees.
   *
   * @param since the snapshot
   * @param after the last KV key that was looked at; empty at the beginning
   * @param limit documents to look at
   */
  public Part before(Snapshot since, String model, String after, int limit) {
    List<DocumentKey> keys = new ArrayList<>();
    List<DocumentKey> all =
        sql.transaction(
            "list documents",
            tx ->
                tx.query(
                    """
                    select d.kv_key, d.model, d.key_values,
                      pg_snapshot_xmax(d.snapshot::pg_snapshot) < pg_snapshot_xmax(since.s)
                        or exists (select from pg_snapshot_xip(d.snapshot::pg_snapshot) x
                          where pg_visible_in_snapshot(x, since.s))
                    from document d, (select ?::pg_snapshot) since(s)
                    where d.kv_key >= ? and d.kv_key < ? and d.kv_key > ?
                    order by d.kv_key limit ?\
                    """,
                    row -> {
                      DocumentKey key = key(row);
                      if (row.getBoolean(4)) {
                        keys.add(key);
                      }
                      return key;
                    },
                    since.toString(),
                    first(model),
                    beyond(model),
                    after,
                    limit));
    return new Part(keys, all.isEmpty() ? null : all.getLast(), all.size() < limit);
  }

  /**
   * Lists the documents of a model by KV key, one page at a time.
   *
   * @param after the last KV key of the page before; empty for the first page
   */
  public List<DocumentKey> page(String model, String after, int limit) {
    return held(model, after, limit).stream().map(Held::key).toList();
  }

  /**
   * A document that KV holds.
   *
   * @param hash of its value
   */
  public record Held(DocumentKey key, String hash) {}

  /**
   * Lists the documents of a model with what KV holds, by KV key, one page at a time.
   *
   * @param after the last KV key of the page before; empty for the first page
   */
  public List<Held> held(String model, String after, int limit) {
    return sql.transaction(
        "list documents",
        tx ->
            tx.query(
                """
                select kv_key, model, key_values, hash from document
                where kv_key >= ? and kv_key < ? and kv_key > ? order by kv_key limit ?\
                """,
                row -> new Held(key(row), row.getString(4)),
                first(model),
                beyond(model),
                after,
                limit));
  }

  /**
   * The least key of a model: each begins with its name and a colon, so that the primary key finds
   * them and a backfill needs to fill no other index.
   */
  static String first(String model) {
    return model + ':';
  }

  /** The least text that no key of the model reaches, in the order of bytes. */
  static String beyond(String model) {
    return model + (char) (':' + 1);
  }

  /** Counts the documents that KV holds, by model. */
  public Map<String, Long> countByModel() {
    Map<String, Long> counts = new HashMap<>();
    sql.transaction(
        "count documents",
        tx ->
            tx.query(
                "select model, count(*) from document group by model",
                row -> counts.put(row.getString(1), row.getLong(2))));
    return counts;
  }

  static DocumentKey key(ResultSet row) throws SQLException {
    Array values = row.getArray(3);
    return new DocumentKey(
        row.getString(2), List.of((String[]) values.getArray()), row.getString(1));
  }
}
