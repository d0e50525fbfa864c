/**
 * What Forebay remembers in PostgreSQL, in a schema of its own: which documents KV holds, which
 * calls are still open, what is dead, which models are due for a resync, and who leads.
 *
 * <p>Start at {@link dev.forebay.ledger.Ledger}. Every method is one short transaction on a
 * connection from the pool and blocks; all types are safe for any thread. The ledger knows no
 * Cloudflare and no Debezium, and it is only ever a memory: what is true is in the tables.
 */
@NullMarked
package dev.forebay.ledger;

import org.jspecify.annotations.NullMarked;
