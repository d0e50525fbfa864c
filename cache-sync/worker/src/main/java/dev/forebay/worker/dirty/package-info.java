/**
 * The documents that must be built again, and why: the heart of the worker.
 *
 * <p>Entry type: {@link dev.forebay.worker.dirty.DirtyDocuments}, safe for any thread. Marks are
 * coalesced by KV key; a claim takes a document out until it is settled or retried, so that a key
 * is never in flight twice. No I/O happens here, and time comes from a clock that is given.
 */
@NullMarked
package dev.forebay.worker.dirty;

import org.jspecify.annotations.NullMarked;
