/**
 * What a client is given of what its write touched: a token, and names.
 *
 * <p>Entry type: {@link dev.forebay.api.touch.receipt.Receipts}, safe for any thread. Must not
 * depend on HTTP: headers are texts here.
 */
@NullMarked
package dev.forebay.api.touch.receipt;

import org.jspecify.annotations.NullMarked;
