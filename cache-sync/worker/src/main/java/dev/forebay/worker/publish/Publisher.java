package dev.forebay.worker.publish;

import dev.forebay.kv.BulkResult;
import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvPair;
import dev.forebay.ledger.Intent;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.model.DocumentMetadata;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.worker.build.Built;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.RetryDelay;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings KV to what documents were built to be, one batch at a time.
 *
 * <p>Order: what the ledger knows → intents committed → calls → answers committed → causes
 * released. A crash between any two leaves an intent, so the next worker knows which keys are in
 * doubt.
 *
 * <p>Doubt: a key that was not definitely accepted keeps its intent, and with an open intent it is
 * never "unchanged". A call that got no answer may be applied late; the intent then stays open
 * until its deadline even if a newer value was accepted meanwhile, and is closed only by an
 * acceptance of a call that began after the deadline.
 */
public final class Publisher {

  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private final PublishConfig config;
  private final Ledger ledger;
  private final KvClient kv;
  private final ReadModels models;
  private final DirtyDocuments dirty;
  private final Reassertions reassertions;
  private final PublishMetrics metrics;
  private final InstantSource clock;
  private final RetryDelay delay;
  private volatile @Nullable KvException failure;

  /** Everything a publisher works with. */
  public record Parts(
      Ledger ledger,
      KvClient kv,
      ReadModels models,
      DirtyDocuments dirty,
      Reassertions reassertions,
      PublishMetrics metrics) {}

  /**
   * @param clock the clock of the dirty documents
   */
  public Publisher(PublishConfig config, Parts parts, InstantSource clock, RetryDelay delay) {
    this.config = config;
    this.ledger = parts.ledger();
    this.kv = parts.kv();
    this.models = parts.models();
    this.dirty = parts.dirty();
    this.reassertions = parts.reassertions();
    this.metrics = parts.metrics();
    this.clock = clock;
    this.delay = delay;
  }

  /** Why the last call to KV failed, or null if it did not. */
  public @Nullable KvException failure() {
    return failure;
  }

  /**
   * Publishes a batch; every claim in it is settled or given back when this returns.
   *
   * @throws LedgerException.LeaseLost if another worker leads: stop
   */
  public void publish(List<Built> batch) {
    Set<Built> open = Collections.newSetFromMap(new IdentityHashMap<>());
    open.addAll(batch);
    try {
      List<Change> changes = compare(batch);
      List<Change> unchanged = changes.stream().filter(Change::isUnchanged).toList();
      settle(unchanged.stream().map(change -> settled(change, null)).toList());
      unchanged.forEach(change -> release(change, open, clock.instant()));
      metrics.unchanged().increment(unchanged.size());
      call(changes.stream().filter(change -> !change.isUnchanged()).toList(), open);
    } catch (LedgerException.LeaseLost e) {
      giveBack(open);
      throw e;
    } catch (RuntimeException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("documents", open.size())
          .log("Publish failed; trying again");
      giveBack(open);
    }
  }

  private List<Change> compare(List<Built> batch) {
    Map<String, Published> known =
        ledger.documents().find(batch.stream().map(built -> built.claim().key().kvKey()).toList());
    return batch.stream()
        .map(built ->
            Change.of(built, known.getOrDefault(built.claim().key().kvKey(), Published.NOTHING)))
        .toList();
  }

  private void call(List<Change> candidates, Set<Built> open) {
    List<Change> changes = new ArrayList<>();
    for (Change change : candidates) {
      String fault = Limits.faultOf(config.keyPrefix(), change);
      if (fault == null) {
        changes.add(change);
      } else {
        bury(change, fault, open);
      }
    }
    if (changes.isEmpty()) {
      return;
    }
    Instant began = clock.instant();
    Instant deadline = began.plus(config.intentHorizon());
    ledger
        .documents()
        .open(
            config.term(),
            changes.stream().map(c -> new Intent(c.key(), c.hash(), deadline)).toList());
    Map<String, KeyOutcome> outcomes = send(changes);
    record(changes, outcomes, began, open);
  }

  private Map<String, KeyOutcome> send(List<Change> changes) {
    List<KvPair> writes = new ArrayList<>();
    List<String> deletes = new ArrayList<>();
    for (Change change : changes) {
      String json = change.built().json();
      if (json == null) {
        deletes.add(kvKey(change));
      } else {
        writes.add(new KvPair(kvKey(change), json, metadata(change), null));
      }
    }
    Map<String, KeyOutcome> outcomes = new HashMap<>();
    for (BulkResult result : List.of(kv.bulkWrite(writes), kv.bulkDelete(deletes))) {
      outcomes.putAll(result.outcomes());
    }
    return outcomes;
  }

  private String metadata(Change change) {
    return new DocumentMetadata(
            change.built().snapshot(),
            Objects.requireNonNull(change.hash()),
            change.committed(),
            config.history())
        .toJson();
  }

  private String kvKey(Change change) {
    return config.keyPrefix() + change.key().kvKey();
  }

  /** Commits what became of every key, then lets go of what is settled. */
  private void record(
      List<Change> changes, Map<String, KeyOutcome> outcomes, Instant began, Set<Built> open) {
    Map<Change, Settled> accepted = new LinkedHashMap<>();
    Map<String, Instant> doubtful = new HashMap<>();
    Instant now = clock.instant();
    KvException lastFailure = null;
    for (Change change : changes) {
      Instant earlier = stillOpen(change.before().openUntil(), began);
      switch (Objects.requireNonNull(outcomes.get(kvKey(change)))) {
        case KeyOutcome.Stored stored ->
            accepted.put(change, settled(change, later(earlier, stored.openUntil())));
        case KeyOutcome.Failed failed -> {
          lastFailure = failed.cause();
          doubtful.put(change.key().kvKey(), earlier == null ? now : earlier);
          metrics.failed().increment();
        }
        case KeyOutcome.Ambiguous ambiguous -> {
          lastFailure = ambiguous.cause();
          doubtful.put(
              change.key().kvKey(), Objects.requireNonNull(later(earlier, ambiguous.openUntil())));
          metrics.ambiguous().increment();
        }
      }
    }
    settle(List.copyOf(accepted.values()));
    if (!doubtful.isEmpty()) {
      ledger.documents().leaveOpen(config.term(), doubtful);
    }
    release(accepted, open);
    report(lastFailure, doubtful.size());
    giveBack(open);
  }

  private void release(Map<Change, Settled> accepted, Set<Built> open) {
    ledger.deadLetters().clear(accepted.keySet().stream().map(c -> c.key().kvKey()).toList());
    accepted.forEach((change, settled) -> {
      if (settled.openUntil() != null) {
        reassertions.add(change.key(), settled.openUntil());
      }
      (change.hash() == null ? metrics.deleted() : metrics.written()).increment();
      release(change, open, clock.instant().plus(spacing(change)));
    });
  }

  private void release(Change change, Set<Built> open, Instant notBefore) {
    open.remove(change.built());
    dirty.settled(change.built().claim(), change.built().snapshot(), notBefore);
  }

  private Duration spacing(Change change) {
    Duration interval =
        models.find(change.key().model()).map(ReadModel::minInterval).orElse(Duration.ZERO);
    return interval.compareTo(config.keySpacing()) > 0 ? interval : config.keySpacing();
  }

  private void settle(List<Settled> settled) {
    if (!settled.isEmpty()) {
      ledger.documents().settle(config.term(), settled);
    }
  }

  private static Settled settled(Change change, @Nullable Instant openUntil) {
    return new Settled(
        change.key(), change.hash(), change.bytes(), change.built().snapshot(), openUntil);
  }

  private static @Nullable Instant stillOpen(@Nullable Instant openUntil, Instant began) {
    return openUntil != null && openUntil.isAfter(began) ? openUntil : null;
  }

  private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isAfter(other) ? one : other;
  }

  /** A document that KV will never take must not stop the line. */
  private void bury(Change change, String reason, Set<Built> open) {
    LOG.atWarn()
        .addKeyValue("key", change.key().kvKey())
        .addKeyValue("reason", reason)
        .log("Document cannot be published");
    ledger.deadLetters().add(change.key(), reason);
    metrics.dead().increment();
    release(change, open, clock.instant());
  }

  private void report(@Nullable KvException now, int doubtful) {
    KvException before = failure;
    failure = now;
    if (now != null) {
      LOG.atWarn()
          .addKeyValue("documents", doubtful)
          .addKeyValue("cause", now.getMessage())
          .log("KV did not accept everything; trying again");
    } else if (before != null) {
      LOG.atInfo().log("KV accepts documents again");
    }
  }

  private void giveBack(Set<Built> open) {
    Instant spaced = clock.instant().plus(config.keySpacing());
    Instant earliest = earliest().isAfter(spaced) ? earliest() : spaced;
    for (Built built : open) {
      Instant backoff = clock.instant().plus(delay.after(built.claim().attempts() + 1));
      dirty.retry(built.claim(), backoff.isAfter(earliest) ? backoff : earliest);
    }
  }

  /** When KV said it would listen again. */
  private Instant earliest() {
    return switch (failure) {
      case KvException.Throttled throttled -> throttled.until();
      case KvException.QuotaExhausted exhausted -> exhausted.until();
      case null, default -> clock.instant();
    };
  }
}
