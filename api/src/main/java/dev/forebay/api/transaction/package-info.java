/**
 * Transactions: bounded, with pinned formats, and told for whom they run.
 *
 * <p>Entry type: {@link dev.forebay.api.transaction.Transactions}. Safe for any thread; calls block
 * on PostgreSQL. Must not depend on HTTP or on resources.
 */
@NullMarked
package dev.forebay.api.transaction;

import org.jspecify.annotations.NullMarked;
