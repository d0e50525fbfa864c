package dev.forebay.api.resource;

/**
 * A row that was written and committed.
 *
 * @param row as the transaction left it
 * @param xid the transaction's full id, as {@code pg_current_xact_id()} gives it; empty if the
 *     write changed nothing and so needed none
 */
public record Written(Row row, String xid) {}
