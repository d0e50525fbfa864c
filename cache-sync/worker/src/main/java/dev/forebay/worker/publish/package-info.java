/**
 * From built documents to KV: unchanged ones are skipped, the others are written to the ledger as a
 * call, to KV, and to the ledger as its answer.
 *
 * <p>Entry type: {@link dev.forebay.worker.publish.Publisher}, for several threads. The unit is the
 * KV key. What became of every key is recorded before its causes are released. Beside it stand
 * those who have keys asserted or tried again.
 */
@NullMarked
package dev.forebay.worker.publish;

import org.jspecify.annotations.NullMarked;
