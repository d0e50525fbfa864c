/**
 * One leader: the lease as its holder knows it, and the calls that must not be lost from sight when
 * the lease is.
 *
 * <p>Entry types: {@link dev.forebay.worker.lease.LeaderLease}, which whoever writes KV asks first,
 * and {@link dev.forebay.worker.lease.OpenCalls}; both are safe for any thread. Who takes the
 * lease, and when, is decided elsewhere.
 */
@NullMarked
package dev.forebay.worker.lease;

import org.jspecify.annotations.NullMarked;
