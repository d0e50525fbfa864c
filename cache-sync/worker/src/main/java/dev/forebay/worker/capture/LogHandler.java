package dev.forebay.worker.capture;

import dev.forebay.worker.acknowledge.InFlightTransactions;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.lag.SyncLag;
import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * What one engine hands its records to.
 *
 * <p>Concurrency: called by the engine's one thread, which also acknowledges; the engine's
 * committer is not safe for another. Where the way on is full the thread waits, still
 * acknowledging, and so the replication stream is held back rather than the heap filled.
 *
 * <p>Nothing retriable may escape: the engine would go on with the next batch and this one would be
 * lost.
 */
final class LogHandler implements ChangeConsumer<RecordChangeEvent<SourceRecord>> {

  private final InFlightTransactions<RecordChangeEvent<SourceRecord>> inFlight;
  private final int maxInFlight;
  private final Outlet outlet;
  private final SyncLag lag;
  private final Attempt attempt;
  private final BooleanSupplier draining;
  private volatile long lastActive = System.nanoTime();
  private @Nullable Cause open;
  private boolean passingOver;

  /**
   * @param draining once this is true no further transaction is begun; what comes is passed over,
   *     and never acknowledged
   */
  LogHandler(
      InFlightTransactions<RecordChangeEvent<SourceRecord>> inFlight,
      int maxInFlight,
      Outlet outlet,
      SyncLag lag,
      Attempt attempt,
      BooleanSupplier draining) {
    this.inFlight = inFlight;
    this.maxInFlight = maxInFlight;
    this.outlet = outlet;
    this.lag = lag;
    this.attempt = attempt;
    this.draining = draining;
  }

  /** When the engine last showed that it lives, by {@link System#nanoTime}. */
  long lastActive() {
    return lastActive;
  }

  @Override
  public void handleBatch(
      List<RecordChangeEvent<SourceRecord>> records,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    for (RecordChangeEvent<SourceRecord> record : records) {
      handle(record, committer);
    }
    acknowledge(committer);
  }

  private void handle(
      RecordChangeEvent<SourceRecord> record,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    LogRecord decoded = RecordDecoder.decode(record.record());
    passingOver |= decoded instanceof LogRecord.Begin && draining.getAsBoolean();
    if (passingOver) {
      return;
    }
    switch (decoded) {
      case LogRecord.Begin begin -> {
        while (inFlight.size() >= maxInFlight) {
          acknowledge(committer);
          TimeUnit.MILLISECONDS.sleep(10);
        }
        open = Cause.transaction(begin.xid32(), begin.committed());
        inFlight.begin(open);
      }
      case LogRecord.End ignored -> {
        opened();
        open = null;
        inFlight.end(record);
      }
      case LogRecord.Row row ->
          offer(new ChangeEvent.Row(opened(), outlet.trim().apply(row.change())), committer);
      case LogRecord.Truncate truncate ->
          offer(new ChangeEvent.Truncate(opened(), truncate.table()), committer);
      case LogRecord.Message message -> {
        attempt.heard(message.content());
        lag.heartbeat(message.committed());
      }
      case LogRecord.Other ignored -> {}
    }
  }

  private Cause opened() {
    if (open == null) {
      throw new IllegalStateException("a row outside any transaction; the engine must start over");
    }
    return open;
  }

  private void offer(ChangeEvent event, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    event.cause().hold();
    while (!outlet.events().offer(event, 100, TimeUnit.MILLISECONDS)) {
      acknowledge(committer);
    }
  }

  private void acknowledge(RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    lastActive = System.nanoTime();
    Optional<RecordChangeEvent<SourceRecord>> settled = inFlight.takeSettled();
    if (settled.isPresent()) {
      committer.markProcessed(settled.get());
      committer.markBatchFinished();
    }
  }
}
