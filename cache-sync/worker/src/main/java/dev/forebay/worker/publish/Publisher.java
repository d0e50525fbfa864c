package dev.forebay.worker.publish;

import dev.forebay.kv.BulkResult;
import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvException;
import dev.forebay.ledger.Call;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.model.Cadence;
import dev.forebay.model.Importance;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.worker.build.Built;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.RetryDelay;
import dev.forebay.worker.spend.Spending;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings KV to what documents were built to be, batch by batch.
 *
 * <p>Order: what the ledger knows → call committed → lease proven → call made → answers committed →
 * causes released. A crash or a failure between any two leaves an intent for each key, so that the
 * next worker or turn knows which are in doubt; with an intent a key is never "unchanged".
 *
 * <p>Concurrency: several threads may publish at once. A key is claimed by one batch at a time, so
 * no two calls carry the same key, and no two transactions of the store lock the same rows.
 */
public final class Publisher {

  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private final PublishConfig config;
  private final DocumentStore store;
  private final KvClient kv;
  private final ReadModels models;
  private final DirtyDocuments dirty;
  private final Reassertions reassertions;
  private final Spending spending;
  private final PublishMetrics metrics;
  private final InstantSource clock;
  private final RetryDelay delay;

  /** Most bytes of values in one call; well below what a bulk request may hold on any server. */
  public static final long CALL_BYTES = 8 * 1024 * 1024;

  /** Which part of the horizon committing a call may take; the horizon has slack for more. */
  private static final int OPENING_SHARE = 20;

  private static final int OPENING_TRIES = 3;

  private volatile @Nullable KvException failure;

  /** Everything a publisher works with. */
  public record Parts(
      DocumentStore store,
      KvClient kv,
      ReadModels models,
      DirtyDocuments dirty,
      Reassertions reassertions,
      Spending spending,
      PublishMetrics metrics) {}

  /**
   * @param clock the clock of the dirty documents
   */
  public Publisher(PublishConfig config, Parts parts, InstantSource clock, RetryDelay delay) {
    this.config = config;
    this.store = parts.store();
    this.kv = parts.kv();
    this.models = parts.models();
    this.dirty = parts.dirty();
    this.reassertions = parts.reassertions();
    this.spending = parts.spending();
    this.metrics = parts.metrics();
    this.clock = clock;
    this.delay = delay;
  }

  /** Why the last call to KV failed, or null if it did not. */
  public @Nullable KvException failure() {
    return failure;
  }

  /**
   * Publishes a batch; every claim in it is settled or given back when this returns or throws.
   *
   * @throws LedgerException.LeaseLost if another worker leads: stop
   */
  public void publish(List<Built> batch) {
    String reason = null;
    try {
      List<Change> changes = new ArrayList<>();
      for (Change change : compare(batch)) {
        List<String> problems = change.problems();
        if (problems.isEmpty()) {
          changes.add(change);
        } else {
          bury(change, String.join("; ", problems));
        }
      }
      skip(changes.stream().filter(Change::isUnchanged).toList());
      call(changes.stream().filter(change -> !change.isUnchanged()).toList());
    } catch (LedgerException.LeaseLost e) {
      throw e;
    } catch (RuntimeException e) {
      reason = String.valueOf(e.getMessage());
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("documents", batch.size())
          .log("Publish failed; trying again");
    } finally {
      giveBack(batch, reason);
    }
  }

  private List<Change> compare(List<Built> batch) {
    Map<String, Published> known =
        store.find(batch.stream().map(built -> built.claim().key().kvKey()).toList());
    return batch.stream()
        .map(built ->
            Change.of(
                built, known.getOrDefault(built.claim().key().kvKey(), Published.NOTHING), config))
        .toList();
  }

  /** KV holds these already; only their version in the ledger moves on. */
  private void skip(List<Change> unchanged) {
    if (!unchanged.isEmpty()) {
      store.settle(unchanged.stream().map(change -> change.settled(null)).toList());
    }
    unchanged.forEach(change -> release(change, clock.instant()));
    metrics.unchanged().increment(unchanged.size());
  }

  /**
   * Writes and deletes what differs. Each call is one request, because an intent's deadline counts
   * from the call's start.
   */
  private void call(List<Change> changes) {
    List<Change> deletes = changes.stream().filter(change -> change.pair() == null).toList();
    if (!deletes.isEmpty()) {
      ask(
          deletes,
          kv::bulkDelete,
          Change::kvKey,
          answers ->
              countByModel(answers).forEach((model, keys) -> spending.wrote(model, 0, keys)));
    }
    List<Change> writes = new ArrayList<>();
    long bytes = 0;
    for (Change change : changes) {
      if (change.pair() == null) {
        continue;
      }
      if (bytes + change.bytes() > CALL_BYTES && !writes.isEmpty()) {
        write(writes);
        writes = new ArrayList<>();
        bytes = 0;
      }
      writes.add(change);
      bytes += change.bytes();
    }
    if (!writes.isEmpty()) {
      write(writes);
    }
  }

  private void write(List<Change> changes) {
    List<Change> granted = affordable(changes);
    if (granted.isEmpty()) {
      return;
    }
    AtomicInteger billed = new AtomicInteger();
    try {
      ask(
          granted,
          kv::bulkWrite,
          Change::requirePair,
          answers -> {
            billed.set(answers.mayBeDone().size());
            countByModel(answers).forEach((model, pairs) -> spending.wrote(model, pairs, 0));
          });
    } finally {
      spending.giveBack(granted.size() - billed.get());
    }
  }

  private static Map<String, Long> countByModel(Answers answers) {
    return answers.mayBeDone().stream()
        .collect(Collectors.groupingBy(change -> change.key().model(), Collectors.counting()));
  }

  /**
   * Those that the day's cap lets through; the others wait in the ledger, and hold nothing up. Of a
   * key in doubt KV may hold what nobody knows: it never waits.
   */
  private List<Change> affordable(List<Change> changes) {
    Map<Importance, List<Change>> byImportance =
        changes.stream().collect(Collectors.groupingBy(change -> cadence(change).importance()));
    List<Change> granted = new ArrayList<>();
    byImportance.forEach((importance, all) -> {
      List<Change> inDoubt = all.stream().filter(Change::isInDoubt).toList();
      spending.takeAnyway(importance, inDoubt.size());
      granted.addAll(inDoubt);
      List<Change> others = all.stream().filter(change -> !change.isInDoubt()).toList();
      int affordable = spending.take(importance, others.size());
      granted.addAll(others.subList(0, affordable));
      hold(others.subList(affordable, others.size()));
    });
    return granted;
  }

  private void hold(List<Change> changes) {
    if (!changes.isEmpty()) {
      store.hold(changes.stream().map(Change::key).toList());
      changes.forEach(change -> release(change, clock.instant()));
    }
  }

  /**
   * Makes one call, from its intent to its answer. Whatever fails in between: nobody would close
   * the call, and its keys are in doubt.
   *
   * @param count told what may be done, before the ledger is
   */
  private <T> void ask(
      List<Change> changes,
      Function<Collection<T>, BulkResult> bulk,
      Function<Change, T> item,
      Consumer<Answers> count) {
    UUID call = UUID.randomUUID();
    Answers answers;
    try {
      Instant began = open(call, changes);
      BulkResult result = bulk.apply(changes.stream().map(item).toList());
      answers = Answers.of(changes, result.outcomes(), began, clock.instant());
      count.accept(answers);
      close(call, answers);
    } catch (RuntimeException e) {
      store.abandon(call);
      throw e;
    }
    answers.accepted().forEach(this::accept);
    report(answers);
  }

  private void close(UUID call, Answers answers) {
    List<Settled> settled = new ArrayList<>();
    answers.accepted().forEach((change, until) -> settled.add(change.settled(until)));
    Map<String, Instant> unanswered = new HashMap<>();
    answers.doubtful().forEach((change, until) -> unanswered.put(change.key().kvKey(), until));
    store.close(call, settled, unanswered);
  }

  /**
   * Commits the call. One whose commit took long is committed again: its deadline counts from
   * before, and the call's time from now on.
   *
   * @return from when on the call counts
   * @throws IllegalStateException if it takes too long each time; no call may be made
   */
  private Instant open(UUID call, List<Change> changes) {
    List<Call.Intended> keys = changes.stream().map(Change::intended).toList();
    for (int i = 0; i < OPENING_TRIES; i++) {
      Instant began = clock.instant();
      store.open(new Call(call, keys, began.plus(config.intentHorizon())));
      Duration took = Duration.between(began, clock.instant());
      if (took.compareTo(config.intentHorizon().dividedBy(OPENING_SHARE)) <= 0) {
        return began;
      }
    }
    throw new IllegalStateException("the ledger takes too long to commit what is about to be done");
  }

  private void accept(Change change, @Nullable Instant openUntil) {
    if (openUntil != null) {
      reassertions.add(change.key(), openUntil);
    }
    (change.pair() == null ? metrics.deleted() : metrics.written()).increment();
    release(change, clock.instant().plus(spacing(change)));
  }

  private Duration spacing(Change change) {
    Duration interval = cadence(change).minInterval();
    return interval.compareTo(config.keySpacing()) > 0 ? interval : config.keySpacing();
  }

  private Cadence cadence(Change change) {
    return models.find(change.key().model()).map(ReadModel::cadence).orElse(Cadence.STANDARD);
  }

  private void release(Change change, Instant notBefore) {
    dirty.settled(change.built().claim(), change.built().snapshot(), notBefore);
  }

  /** A document that KV will never take must not stop the line. */
  private void bury(Change change, String reason) {
    LOG.atWarn()
        .addKeyValue("key", change.kvKey())
        .addKeyValue("reason", reason)
        .log("Document cannot be published");
    store.bury(change.key(), reason);
    metrics.dead().increment();
    release(change, clock.instant());
  }

  private void report(Answers answers) {
    KvException before = failure;
    KvException now = answers.failure();
    failure = now;
    metrics.failed().increment(answers.doubtful().size() - answers.unanswered().size());
    metrics.ambiguous().increment(answers.unanswered().size());
    if (now != null) {
      LOG.atWarn()
          .addKeyValue("documents", answers.doubtful().size())
          .addKeyValue("cause", now.getMessage())
          .log("KV did not accept everything; trying again");
    } else if (before != null) {
      LOG.atInfo().log("KV accepts documents again");
    }
  }

  /** What was not settled stays dirty, whatever happened. */
  private void giveBack(List<Built> batch, @Nullable String reason) {
    KvException lately = failure;
    String why = reason != null || lately == null ? reason : lately.getMessage();
    Instant spaced = clock.instant().plus(config.keySpacing());
    Instant earliest =
        switch (lately) {
          case KvException.Throttled throttled -> throttled.until();
          case KvException.QuotaExhausted exhausted -> exhausted.until();
          case null, default -> spaced;
        };
    for (Built built : batch) {
      Instant backoff = clock.instant().plus(delay.after(built.claim().attempts() + 1));
      dirty.retryRest(List.of(built.claim()), max(max(backoff, spaced), earliest), why);
    }
  }

  private static Instant max(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
