package dev.forebay.worker;

import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.worker.capture.Capture;
import dev.forebay.worker.capture.ReplicationSlot;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.lag.SyncLag;
import dev.forebay.worker.spend.Spending;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What operators see of a worker at any moment. */
final class WorkerGauges {

  private WorkerGauges() {}

  static void register(
      MeterRegistry metrics,
      SyncLag lag,
      DirtyDocuments dirty,
      Capture capture,
      Spending spending,
      Ledger ledger) {
    gauge(
        metrics,
        "sync.lag",
        "seconds",
        "Age of the oldest committed change that is not in KV",
        () -> lag.current().toNanos() / 1e9);
    gauge(metrics, "dirty.documents", null, "Documents that must be built again", dirty::size);
    gauge(
        metrics,
        "transactions.inflight",
        null,
        "Transactions of the log that are not acknowledged",
        capture::transactionsInFlight);
    gauge(
        metrics,
        "slot.retained",
        "bytes",
        "Log that PostgreSQL keeps for the replication slot",
        () -> retainedBytes(capture));
    gauge(
        metrics,
        "dead.letters",
        null,
        "Documents that cannot be published",
        () -> known(() -> ledger.deadLetters().count()));
    gauge(
        metrics,
        "fan.outs",
        null,
        "Changed rows that touch very many documents, not spelled out yet",
        () -> known(() -> ledger.fanOuts().count()));
    gauge(
        metrics,
        "requested.documents",
        null,
        "Documents of wide fan-outs that are not settled",
        () -> known(() -> ledger.requested().count()));
    gauge(
        metrics,
        "held.documents",
        null,
        "Documents that wait because the day's writes run short",
        () -> spending.held().values().stream().mapToLong(Long::longValue).sum());
    gauge(
        metrics,
        "spend.day.writes",
        null,
        "Pairs written to KV today (UTC), each of which is billed",
        () -> known(() -> spending.status(ledger).writesToday()));
    gauge(
        metrics,
        "spend.month.writes",
        null,
        "Pairs written to KV this month (UTC)",
        () -> known(() -> spending.status(ledger).month().writes()));
    gauge(
        metrics,
        "spend.month.deletes",
        null,
        "Keys deleted from KV this month (UTC)",
        () -> known(() -> spending.status(ledger).month().deletes()));
    gauge(
        metrics,
        "spend.month.writes.projected",
        null,
        "Pairs written by the end of the month, if its days go on like the usual one of late",
        () -> projected(spending, ledger));
    gauge(
        metrics,
        "resyncs.due",
        null,
        "Models whose documents are being marked again",
        () -> known(() -> ledger.models().due().size()));
  }

  private static void gauge(
      MeterRegistry metrics,
      String name,
      @Nullable String unit,
      String description,
      Supplier<Number> value) {
    // A worker that takes another's place in this process: its numbers, not the other's.
    Gauge before = metrics.find("forebay." + name).gauge();
    if (before != null) {
      metrics.remove(before);
    }
    Gauge.builder("forebay." + name, value)
        .baseUnit(unit)
        .description(description)
        .register(metrics);
  }

  private static double retainedBytes(Capture capture) {
    ReplicationSlot.@Nullable State slot = capture.slotState();
    return slot == null ? Double.NaN : slot.retainedBytes();
  }

  private static double projected(Spending spending, Ledger ledger) {
    try {
      Long writes = spending.status(ledger).month().projectedWrites();
      return writes == null ? Double.NaN : writes;
    } catch (LedgerException e) {
      return Double.NaN;
    }
  }

  /** What the ledger counts; unknown while it cannot be asked. */
  private static double known(LongSupplier count) {
    try {
      return count.getAsLong();
    } catch (LedgerException e) {
      return Double.NaN;
    }
  }
}
