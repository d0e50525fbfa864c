/**
 * What must hold while and after everything fails, judged from outside: from what KV was told to
 * do, from the slot, and from SQL.
 *
 * <p>Entry types: {@link dev.forebay.ops.faults.check.AppliedLog}, {@link
 * dev.forebay.ops.faults.check.Canaries}, {@link dev.forebay.ops.faults.check.Convergence}; what is
 * broken goes into {@link dev.forebay.ops.faults.check.Violations}. Must not know how faults are
 * made.
 */
@NullMarked
package dev.forebay.ops.faults.check;

import org.jspecify.annotations.NullMarked;
