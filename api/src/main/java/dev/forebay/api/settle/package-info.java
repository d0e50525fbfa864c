/**
 * Waits until KV has accepted what a write touched ({@code Prefer: wait}).
 *
 * <p>Entry type: {@link dev.forebay.api.settle.Settlement}. What KV holds is the sync worker's
 * word, in the ledger; one look there is for all who wait. Must not know HTTP, and must not talk to
 * Cloudflare.
 */
@NullMarked
package dev.forebay.api.settle;

import org.jspecify.annotations.NullMarked;
