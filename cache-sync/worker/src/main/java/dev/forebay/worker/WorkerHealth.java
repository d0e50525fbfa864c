package dev.forebay.worker;

import dev.forebay.kv.KvException;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.ModelRegister.Resync;
import dev.forebay.model.ReadModels;
import dev.forebay.worker.capture.Capture;
import dev.forebay.worker.capture.ReplicationSlot;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.lag.SyncLag;
import dev.forebay.worker.publish.Publisher;
import dev.forebay.worker.resync.ResyncStatus;
import dev.forebay.worker.resync.Resyncs;
import dev.forebay.worker.route.Routing;
import dev.forebay.worker.spend.SpendStatus;
import dev.forebay.worker.spend.Spending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is to be said of a worker now, and whether it can do its job. Safe for any thread. */
final class WorkerHealth {

  /** What {@link #problems} says when another worker leads. */
  static final String LEASE_TAKEN = "another worker has taken the lease";

  private final Parts parts;
  private final Duration longestStep;
  private final long term;

  /** What is looked at. */
  record Parts(
      Capture capture,
      SyncLag lag,
      DirtyDocuments dirty,
      Routing routing,
      Publisher publisher,
      Resyncs resyncs,
      Spending spending,
      ReadModels models,
      CatalogWatch catalog,
      Ledger ledger,
      Loops loops,
      CompletableFuture<Throwable> fatal) {}

  /**
   * @param longestStep how long a stage may be in one step before it is said to hang
   * @param term of the lease
   */
  WorkerHealth(Parts parts, Duration longestStep, long term) {
    this.parts = parts;
    this.longestStep = longestStep;
    this.term = term;
  }

  /** Why the worker cannot do its job now; empty if it can. Blocks for nothing. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    Throwable end = parts.fatal().getNow(null);
    if (end != null) {
      problems.add(
          end instanceof LedgerException.LeaseLost ? LEASE_TAKEN : "a stage has ended: " + end);
    }
    if (!parts.capture().isRunning()) {
      String failure = parts.capture().failure();
      problems.add("the log is not being read" + (failure == null ? "" : ": " + failure));
    } else if (!parts.lag().isCaughtUp()) {
      problems.add("no heartbeat has come through the log lately");
    }
    if (parts.routing().isFailing()) {
      problems.add("changes cannot be routed; the log says why");
    }
    parts
        .models()
        .stopped()
        .forEach((model, reason) -> problems.add("the model " + model + " has stopped: " + reason));
    String unchecked = parts.catalog().failure();
    if (unchecked != null) {
      problems.add("the models cannot be checked against the database: " + unchecked);
    }
    KvException failure = parts.publisher().failure();
    if (failure != null) {
      problems.add("KV does not accept documents: " + failure.getMessage());
    }
    parts
        .loops()
        .stuck(longestStep)
        .forEach(stage -> problems.add("a step does not end: " + stage));
    return problems;
  }

  /** Everything that operators ask for. May block, as the ledger is asked; never throws. */
  SyncStatus status() {
    ReplicationSlot.@Nullable State slot = parts.capture().slotState();
    List<String> problems = problems();
    long deadLetters = -1;
    Map<String, ResyncStatus> due = Map.of();
    Map<String, Long> documents = Map.of();
    SpendStatus spend = null;
    Ledger ledger = parts.ledger();
    try {
      deadLetters = ledger.deadLetters().count();
      due = due();
      documents = ledger.documents().countByModel();
      spend = parts.spending().status(ledger);
    } catch (LedgerException e) {
      problems.add("the ledger cannot be read: " + e.getMessage());
    }
    return new SyncStatus(
        parts.lag().current(),
        List.copyOf(problems),
        parts.capture().isRunning(),
        slot == null ? null : slot.confirmed(),
        slot == null ? -1 : slot.retainedBytes(),
        parts.capture().transactionsInFlight(),
        parts.dirty().size(),
        deadLetters,
        due,
        documents,
        spend,
        term);
  }

  private Map<String, ResyncStatus> due() {
    Map<String, ResyncStatus> running = parts.resyncs().status();
    Map<String, ResyncStatus> due = new HashMap<>();
    for (Resync resync : parts.ledger().models().due()) {
      if (parts.models().find(resync.model()).isPresent() == resync.sweep()) {
        continue; // of a model that has stopped, or was removed a while ago
      }
      due.put(
          resync.model(), running.getOrDefault(resync.model(), ResyncStatus.due(resync.reason())));
    }
    return due;
  }
}
