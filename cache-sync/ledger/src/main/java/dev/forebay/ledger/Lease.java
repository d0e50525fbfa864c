package dev.forebay.ledger;

import dev.forebay.ledger.LedgerSql.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The right to write KV: whoever took the highest term has it. */
public final class Lease {

  private final LedgerSql sql;

  Lease(LedgerSql sql) {
    this.sql = sql;
  }

  /**
   * Takes a new term; from now on every other worker's ledger calls throw {@link
   * LedgerException.LeaseLost}.
   *
   * @param holder for people: which process
   * @return the term, higher than any before
   */
  public long take(String holder) {
    return sql.transaction(
        "take the lease",
        tx ->
            tx.query(
                    "update lease set term = term + 1, holder = ?, since = clock_timestamp()"
                        + " returning term",
                    row -> row.getLong(1),
                    holder)
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

  /** Holds the lease row until the transaction ends, so that no one takes a new term meanwhile. */
  static void prove(Transaction tx, long term) throws SQLException {
    long current = tx.query("select term from lease for share", row -> row.getLong(1)).getFirst();
    if (current != term) {
      throw new LedgerException.LeaseLost(term, current);
    }
  }
}
