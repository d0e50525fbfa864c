/**
 * Reads the log: one embedded Debezium engine after another, each with an empty offset store.
 *
 * <p>Entry type: {@link dev.forebay.worker.capture.Capture}. The replication slot is the only
 * checkpoint. Everything that happens to a record happens on the engine's one thread, which also
 * acknowledges; this is the only package that may name Debezium.
 */
@NullMarked
package dev.forebay.worker.capture;

import org.jspecify.annotations.NullMarked;
