/**
 * Which transactions of the log are settled to the last document, and so may be acknowledged.
 *
 * <p>Entry type: {@link dev.forebay.worker.acknowledge.InFlightTransactions}, safe for any thread.
 * It keeps the order of commits and knows nothing of what the documents are.
 */
@NullMarked
package dev.forebay.worker.acknowledge;

import org.jspecify.annotations.NullMarked;
