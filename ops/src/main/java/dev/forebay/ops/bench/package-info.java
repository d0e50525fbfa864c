/**
 * Measurements that people run by hand: {@code ops/bench write}.
 *
 * <p>Entry type: {@link dev.forebay.ops.bench.WriteBench}. Everything is on this machine: clients,
 * servers and a PostgreSQL of its own, so only ratios within one run mean anything. May use
 * whatever ops may use; nothing uses it but its command.
 */
@NullMarked
package dev.forebay.ops.bench;

import org.jspecify.annotations.NullMarked;
