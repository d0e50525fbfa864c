/**
 * Everything fails, and nothing may be lost: {@code forebay faults}.
 *
 * <p>Entry type: {@link dev.forebay.ops.faults.FaultRun}. One thread makes faults, one watches, the
 * writers have their own. Nothing here is used in production, and no part of the worker knows of
 * it.
 */
@NullMarked
package dev.forebay.ops.faults;

import org.jspecify.annotations.NullMarked;
