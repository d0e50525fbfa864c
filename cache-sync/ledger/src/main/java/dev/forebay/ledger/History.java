package dev.forebay.ledger;

import dev.forebay.ledger.LedgerSql.Transaction;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which life of the database this is: documents carry its id, so that two lives are never compared,
 * and a nonce that KV holds too tells whether both have gone on together.
 *
 * <p>The nonce changes in two steps, {@link #promise} before KV is told and {@link #fulfil} after,
 * so that a process may die in between. Methods that take a term do not ask whether the server is
 * the one of this history, as other writes do: they are how that is found out and mended.
 */
public final class History {

  /** So many nonces are remembered: an hour's, where one is made every five minutes. */
  private static final int REMEMBERED = 12;

  private static final String STATE =
      """
      select id, nonce, next_nonce, earlier_nonces, system_identifier, timeline, place, namespace,
        consent, adopting, (extract(epoch from clock_timestamp() - rotated_at) * 1000)::bigint,
        exists (select from document) or exists (select from in_doubt)
      from history\
      """;

  private final LedgerSql sql;

  History(LedgerSql sql) {
    this.sql = sql;
  }

  /**
   * All that is known of the history.
   *
   * @param nonce in KV's control key; null if that was never written
   * @param promised the nonce that may be there by now; null if none was promised
   * @param earlier nonces that were there before
   * @param server on which the nonce was last changed; null if it never was
   * @param namespace of KV in which it was
   * @param consent to adopt what was found, as it was given; null if none waits
   * @param adopting id of the history that is being started; null if none is
   * @param sinceRotation how long ago the nonce was changed; null if it never was
   * @param hasDocuments whether KV was given any document, or may have been
   * @param now what the server says now
   */
  public record State(
      String id,
      @Nullable String nonce,
      @Nullable String promised,
      List<String> earlier,
      @Nullable Server server,
      @Nullable String namespace,
      @Nullable String consent,
      @Nullable String adopting,
      @Nullable Duration sinceRotation,
      boolean hasDocuments,
      Server now) {

    /**
     * Every nonce that this history has written, or may have. One that is not among them was
     * written by another, or after this copy of the history was made.
     */
    public Set<String> nonces() {
      return Stream.concat(Stream.of(nonce, promised).filter(one -> one != null), earlier.stream())
          .collect(Collectors.toUnmodifiableSet());
    }
  }

  /** The current history's id. */
  public String id() {
    return sql.transaction(
        "read the history",
        tx -> tx.query("select id from history", row -> row.getString(1)).getFirst());
  }

  /** The history, and what the server says of itself. */
  public State state() {
    return sql.transaction(
        "read the history",
        tx -> {
          Server now = Server.now(tx);
          return tx.query(STATE, row -> state(row, now)).getFirst();
        });
  }

  private static State state(ResultSet row, Server now) throws SQLException {
    String systemIdentifier = row.getString(5);
    Server server =
        systemIdentifier == null
            ? null
            : new Server(systemIdentifier, row.getLong(6), row.getString(7));
    Duration since = row.getObject(11) == null ? null : Duration.ofMillis(row.getLong(11));
    return new State(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        List.of((String[]) row.getArray(4).getArray()),
        server,
        row.getString(8),
        row.getString(9),
        row.getString(10),
        since,
        row.getBoolean(12),
        now);
  }

  /**
   * The schemas of other instances of this database whose documents are in a KV namespace, and that
   * nobody leads; those that the role may not read are left out.
   */
  public List<String> idleInstances(String namespace) {
    return sql.transaction("look at other instances", tx -> OtherInstances.idle(tx, namespace));
  }

  /**
   * Commits the nonce that KV is about to be given. One that was promised before and may have
   * reached KV stays.
   *
   * @param fresh unless another is promised already
   * @return the one that is promised now
   * @throws LedgerException.LeaseLost if another worker leads
   */
  public String promise(long term, String fresh) {
    return sql.transaction(
        "promise a nonce",
        tx -> {
          Lease.proveTerm(tx, term);
          return tx.query(
                  "update history set next_nonce = coalesce(next_nonce, ?) returning next_nonce",
                  row -> row.getString(1),
                  fresh)
              .getFirst();
        });
  }

  /**
   * Records that KV has the promised nonce, and where that was.
   *
   * @param seen the server as it was when KV's control key was compared: if it is another by now,
   *     nothing is recorded
   * @throws LedgerException.LeaseLost if another worker leads
   * @throws LedgerException.Halted if the server is another one now
   */
  public void fulfil(long term, Server seen, String namespace) {
    sql.transaction(
        "record a nonce",
        tx -> {
          Lease.proveTerm(tx, term);
          return fulfil(tx, seen, namespace);
        });
  }

  static int fulfil(Transaction tx, Server seen, String namespace) throws SQLException {
    if (!Server.now(tx).continues(seen)) {
      throw new LedgerException.Halted("the database server is another one than a moment ago");
    }
    return tx.update(
        """
        update history set nonce = next_nonce, next_nonce = null,
          earlier_nonces = (array_remove(nonce || earlier_nonces, null))[1:?],
          rotated_at = clock_timestamp(), system_identifier = ?, timeline = ?, place = ?,
          namespace = ?
        where next_nonce is not null\
        """,
        REMEMBERED,
        seen.systemIdentifier(),
        seen.timeline(),
        seen.place(),
        namespace);
  }

  /**
   * Records that what was found may be adopted; the leader does it.
   *
   * @param seen what exactly, as the leader will compare it
   */
  public void consent(String seen) {
    sql.transaction("record consent", tx -> tx.update("update history set consent = ?", seen));
  }

  /**
   * Begins another history: what the ledger believes of KV is forgotten, calls that may still land
   * are not. Repeat it after an interruption, and record what KV holds from the beginning.
   *
   * @param id of the new history, unless one was begun already
   * @return the id of the one that is begun
   * @throws LedgerException.LeaseLost if another worker leads
   */
  public String beginAnother(long term, String id) {
    return sql.transaction(
        "begin another history",
        tx -> {
          Lease.proveTerm(tx, term);
          tx.update("truncate document, resync_progress");
          return tx.query(
                  """
                  update history set adopting = coalesce(adopting, ?),
                    next_nonce = case when adopting is not null then next_nonce end
                  returning adopting\
                  """,
                  row -> row.getString(1),
                  id)
              .getFirst();
        });
  }

  /**
   * Records documents that KV holds, as old as can be: any snapshot is newer. The hash is empty
   * where the value is not known.
   *
   * @throws LedgerException.LeaseLost if another worker leads
   */
  public void found(long term, List<Documents.Held> documents) {
    sql.transaction(
        "record what KV holds",
        tx -> {
          Lease.proveTerm(tx, term);
          List<@Nullable Object[]> rows = new ArrayList<>();
          for (Documents.Held one : documents) {
            Array values = tx.texts(one.key().values());
            rows.add(
                new @Nullable Object[] {one.key().kvKey(), one.key().model(), values, one.hash()});
          }
          tx.updateAll(
              """
              insert into document (kv_key, model, key_values, hash, bytes, snapshot)
              values (?, ?, ?, ?, 0, '1:1:')
              on conflict (kv_key) do update set hash = excluded.hash\
              """,
              rows);
          // Models that nobody declares: their documents are swept after the grace time.
          return tx.update(
              """
              insert into model (name, fingerprint, requested, reason, removed_at)
              select distinct model, '', 0, 'found in KV', clock_timestamp() from unnest(?) model
              on conflict (name) do nothing\
              """,
              tx.texts(documents.stream().map(one -> one.key().model()).distinct().toList()));
        });
  }

  /**
   * Ends the beginning of another history, whose promised nonce KV has: every document of every
   * model is to be looked at again.
   *
   * @param seen as of {@link #fulfil}
   * @throws LedgerException.LeaseLost if another worker leads
   * @throws LedgerException.Halted if the server is another one now
   */
  public void finishAnother(long term, Server seen, String namespace) {
    sql.transaction(
        "finish another history",
        tx -> {
          Lease.proveTerm(tx, term);
          tx.update(
              """
              update history set id = adopting, adopting = null, consent = null, nonce = null,
                earlier_nonces = '{}', since = clock_timestamp(), adopted_at = clock_timestamp()
              where adopting is not null\
              """);
          tx.update(
              """
              update model set requested = requested + 1, reason = 'adopted',
                requested_at = clock_timestamp()
              where removed_at is null\
              """);
          return fulfil(tx, seen, namespace);
        });
  }
}
