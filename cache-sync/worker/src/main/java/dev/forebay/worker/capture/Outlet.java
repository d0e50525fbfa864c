package dev.forebay.worker.capture;

import dev.forebay.model.RowChange;
import java.util.concurrent.BlockingQueue;
import java.util.function.UnaryOperator;

/**
 * Where changes go.
 *
 * @param events bounded, so that a full one holds the log back
 * @param restarted told before an engine begins to read: another server may answer than before, on
 *     which transaction ids that were lost in a failover are given out again
 * @param trim leaves of a row what leads to its documents: wide rows must not fill the heap
 */
public record Outlet(
    BlockingQueue<ChangeEvent> events, Runnable restarted, UnaryOperator<RowChange> trim) {}
