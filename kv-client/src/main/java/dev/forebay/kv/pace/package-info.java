/**
 * When a request may be sent: retry delays, the account's request budget, the write rate of one
 * key.
 *
 * <p>Everything here is told the time and never sleeps; the caller waits. Entry types: {@link
 * dev.forebay.kv.pace.RequestBudget}, {@link dev.forebay.kv.pace.RetryPolicy}. Safe for any thread.
 * Must not depend on HTTP.
 */
@NullMarked
package dev.forebay.kv.pace;

import org.jspecify.annotations.NullMarked;
