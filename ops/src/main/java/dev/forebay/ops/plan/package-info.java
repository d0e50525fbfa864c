/**
 * What another forebay.yaml would do to KV: which documents it writes and deletes, how long that
 * takes and what it costs.
 *
 * <p>Entry type: {@link dev.forebay.ops.plan.Planner}, for one thread. All is read in one snapshot
 * of the database, in which nothing can be written; KV itself is never asked, because the ledger
 * says what it holds. What a result looks like is the business of {@code plan.show}.
 */
@NullMarked
package dev.forebay.ops.plan;

import org.jspecify.annotations.NullMarked;
