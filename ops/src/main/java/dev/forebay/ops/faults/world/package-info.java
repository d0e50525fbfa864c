/**
 * A world that can fail: PostgreSQL, KV, the network between them and the worker, and workers as
 * processes of their own.
 *
 * <p>Entry type: {@link dev.forebay.ops.faults.world.World}. It does nothing by itself but keep a
 * worker alive, as an orchestrator does; what can be made to fail is in {@code WorkerFaults},
 * {@code DatabaseFaults} and {@code KvFaults}. Whoever opens it closes it, and no process is left.
 */
@NullMarked
package dev.forebay.ops.faults.world;

import org.jspecify.annotations.NullMarked;
