/**
 * The data that the harness brings along: a shop whose rules hold in every committed state, SQL by
 * hand for its documents, and everything that applications do to a database, in small.
 *
 * <p>Entry type: {@link dev.forebay.ops.faults.shop.Shop}. Edits are for one thread, which brings
 * two connections; what they do is chosen by its seed.
 */
@NullMarked
package dev.forebay.ops.faults.shop;

import org.jspecify.annotations.NullMarked;
