/**
 * Whether KV belongs to this database, or to another life of it: a namespace that was wiped or
 * changed, a database that was restored, cloned or failed over.
 *
 * <p>Entry types: {@link dev.forebay.worker.history.HistoryGuard}, which a leader asks before it
 * makes a worker and which changes the control key's nonce from then on, on a thread of its own;
 * {@link dev.forebay.worker.history.Comparison}, which decides, and knows neither database nor KV.
 * Nothing here reads the log or builds a document.
 */
@NullMarked
package dev.forebay.worker.history;

import org.jspecify.annotations.NullMarked;
