/**
 * What one request to the API did, and whether KV has it.
 *
 * <p>Entry type: {@link dev.forebay.ops.trace.TraceDesk}. For one thread. Looks only; must not
 * write to the ledger or to KV.
 */
@NullMarked
package dev.forebay.ops.trace;

import org.jspecify.annotations.NullMarked;
