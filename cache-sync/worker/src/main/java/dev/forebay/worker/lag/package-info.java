/**
 * How far KV is behind the database, by the database's clock.
 *
 * <p>Entry type: {@link dev.forebay.worker.lag.SyncLag}, safe for any thread. It must rise whenever
 * anything hangs, so it never depends on the thing it watches being alive.
 */
@NullMarked
package dev.forebay.worker.lag;

import org.jspecify.annotations.NullMarked;
