package dev.forebay.ledger;

/** Which life of the database this is; documents carry it, so that two lives are never compared. */
public final class History {

  private final LedgerSql sql;

  History(LedgerSql sql) {
    this.sql = sql;
  }

  /** The current history's id. */
  public String id() {
    return sql.transaction(
        "read the history",
        tx -> tx.query("select id from history", row -> row.getString(1)).getFirst());
  }
}
