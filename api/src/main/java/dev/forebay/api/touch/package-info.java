/**
 * Which documents a write touches: found in the write's own transaction, from the rows it changes,
 * before and after, by the statements that route changes in cache-sync.
 *
 * <p>Entry types: {@link dev.forebay.api.touch.Touches}, one for all requests and safe for any
 * thread, and {@link dev.forebay.api.touch.Touch}, one for each transaction and for its thread
 * alone. Must not depend on HTTP or on writes: it is told what they do.
 */
@NullMarked
package dev.forebay.api.touch;

import org.jspecify.annotations.NullMarked;
