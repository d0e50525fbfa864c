package dev.forebay.ledger;

import dev.forebay.ledger.LedgerSql.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The right to write KV: whoever took the highest term has it, until another takes a higher one.
 *
 * <p>It is a row and nothing else, so that it works through any pooler. The leader renews it; a
 * standby takes it when it was given back, or not renewed for a while. All times are the
 * database's.
 */
public final class Lease {

  private static final double NANOS = 1e9;

  /**
   * Only a new term waits for the lock: {@code term} is a unique column, whose change takes more
   * than a change of others. What the leader says of itself meanwhile does not wait, nor hold up
   * those who prove after it.
   */
  private static final String PROOF =
      "select term, coalesce(system_identifier <> "
          + Server.SYSTEM_IDENTIFIER
          + " or timeline <> "
          + Server.TIMELINE
          + ", false) from lease, history for key share of lease";

  private final LedgerSql sql;

  Lease(LedgerSql sql) {
    this.sql = sql;
  }

  private record Proof(long term, boolean otherServer) {}

  /**
   * The lease now.
   *
   * @param term of the last one who took it; 0 if nobody ever did
   * @param holder who that is, for people
   * @param released whether it was given back
   * @param unrenewed how long ago it was renewed
   */
  public record State(long term, String holder, boolean released, Duration unrenewed) {}

  /**
   * Takes a new term if the lease is free: given back, or not renewed for the time given. From then
   * on every other worker's ledger calls throw {@link LedgerException.LeaseLost}.
   *
   * <p>Nobody can renew while the database is down, so that the time counts from its start at the
   * earliest: a leader keeps its lease over a restart.
   *
   * @param holder for people: which process
   * @return the term, higher than any before; empty if another one leads
   */
  public OptionalLong tryTake(String holder, Duration unrenewed) {
    return sql.transaction(
        "take the lease",
        tx -> {
          // A leader that was stopped in the middle of a transaction holds the row.
          tx.update("set local lock_timeout = '2s'");
          return tx
              .query(
                  """
                  update lease set term = term + 1, holder = ?, since = clock_timestamp(),
                    renewed_at = clock_timestamp(), released = false
                  where released or greatest(renewed_at, pg_postmaster_start_time())
                    < clock_timestamp() - make_interval(secs => ?)
                  returning term\
                  """,
                  row -> row.getLong(1),
                  holder,
                  unrenewed.toNanos() / NANOS)
              .stream()
              .mapToLong(Long::longValue)
              .findFirst();
        });
  }

  /**
   * Renews the lease.
   *
   * @throws LedgerException.LeaseLost if another worker leads
   */
  public void renew(long term) {
    sql.transaction(
        "renew the lease",
        tx -> {
          if (tx.update("update lease set renewed_at = clock_timestamp() where term = ?", term)
              == 0) {
            proveTerm(tx, term);
          }
          return term;
        });
  }

  /**
   * Returns if this worker leads, on the server that the history was last seen on.
   *
   * @throws LedgerException.LeaseLost if another worker leads
   * @throws LedgerException.Halted if it is another server
   */
  public void proveServer(long term) {
    sql.transaction(
        "prove the lease",
        tx -> {
          prove(tx, term);
          return term;
        });
  }

  /** Gives the lease back, so that a standby need not wait; nothing if another worker leads. */
  public void release(long term) {
    sql.transaction(
        "release the lease",
        tx -> tx.update("update lease set released = true where term = ?", term));
  }

  /** Who leads, as far as the ledger knows. */
  public State state() {
    return sql.transaction(
        "read the lease",
        tx ->
            tx.query(
                    """
                    select term, holder, released,
                      (extract(epoch from clock_timestamp() - renewed_at) * 1000)::bigint
                    from lease\
                    """,
                    row ->
                        new State(
                            row.getLong(1),
                            row.getString(2),
                            row.getBoolean(3),
                            Duration.ofMillis(row.getLong(4))))
                .getFirst());
  }

  /** Up to when changes were last known to be in KV; empty if no worker has ever said so. */
  public Optional<Instant> settledThrough() {
    return sql.transaction(
        "read the lease",
        tx ->
            tx
                .query(
                    "select settled_through from lease where settled_through is not null",
                    row -> LedgerSql.instant(row, 1))
                .stream()
                .findFirst());
  }

  /**
   * Records that every change committed before this time is in KV.
   *
   * @throws LedgerException.LeaseLost if another worker leads
   */
  public void settledThrough(long term, Instant through) {
    sql.transaction(
        "record progress",
        tx -> {
          prove(tx, term);
          return tx.update("update lease set settled_through = ?", through);
        });
  }

  /**
   * Holds the lease row until the transaction ends, so that no one takes a new term meanwhile; and
   * asks whether the server is the one that this ledger's history was last seen on. A server that
   * was promoted or restored has the same lease, and may not have the same documents in KV.
   *
   * @throws LedgerException.Halted if it is another one
   */
  static void prove(Transaction tx, long term) throws SQLException {
    Proof proof = tx.query(PROOF, row -> new Proof(row.getLong(1), row.getBoolean(2))).getFirst();
    if (proof.term != term) {
      throw new LedgerException.LeaseLost(term, proof.term);
    }
    if (proof.otherServer) {
      throw new LedgerException.Halted("the database server is not that of the history");
    }
  }

  /** Holds the lease row until the transaction ends, whichever server this is. */
  static void proveTerm(Transaction tx, long term) throws SQLException {
    long current =
        tx.query("select term from lease for key share", row -> row.getLong(1)).getFirst();
    if (current != term) {
      throw new LedgerException.LeaseLost(term, current);
    }
  }
}
