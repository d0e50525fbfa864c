package dev.forebay.worker.capture;

import dev.forebay.model.RowChange;
import java.util.concurrent.BlockingQueue;
import java.util.function.UnaryOperator;

/**
 * Where changes go.
 *
 * @param events bounded, so that a full one holds the log back
 * @param trim leaves of a row what leads to its documents: wide rows must not fill the heap
 */
public record Outlet(BlockingQueue<ChangeEvent> events, UnaryOperator<RowChange> trim) {}
