package dev.forebay.worker.history;

import dev.forebay.kv.KvEntry;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvKey;
import dev.forebay.ledger.History;
import dev.forebay.ledger.LedgerException;
import dev.forebay.model.ReadModel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at ledger, database and KV, and changes nothing. Safe for any thread; blocks. */
final class HistoryLook {

  private static final Duration READ_LIMIT = Duration.ofSeconds(10);

  private final HistoryConfig config;
  private final HistoryParts parts;

  HistoryLook(HistoryConfig config, HistoryParts parts) {
    this.config = config;
    this.parts = parts;
  }

  /**
   * Observes all three. One call to KV; before anything was published, one more for each model.
   *
   * @throws LedgerException if the database cannot be asked
   * @throws KvException if KV cannot
   */
  Observation observe() {
    // KV first: a nonce that is written in between is one the ledger knows.
    String control = control();
    History.State ledger = parts.ledger().state();
    boolean unknown = control == null && !ledger.hasDocuments();
    String namespace = config.namespace();
    return unknown
        ? new Observation(ledger, namespace, null, anyDocument(), idleInstance(namespace))
        : new Observation(ledger, namespace, control, null, null);
  }

  /**
   * A leader waits for this read, so it is not given as long as a bulk write is: on a connection
   * that is dead the next attempt comes sooner.
   */
  private @Nullable String control() {
    FutureTask<@Nullable String> read =
        new FutureTask<>(() ->
            parts.kv().get(ControlKey.name(parts.instance())).map(KvEntry::value).orElse(null));
    Thread.ofVirtual().name("forebay-control-key").start(read);
    try {
      return read.get(READ_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KvException failure) {
        throw failure;
      }
      throw new IllegalStateException("the control key could not be read", e);
    } catch (TimeoutException e) {
      throw new KvException.Unavailable("no answer within " + READ_LIMIT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KvException.Cancelled("interrupted", e);
    } finally {
      read.cancel(true);
    }
  }

  private @Nullable String idleInstance(String namespace) {
    return parts.ledger().idleInstances(namespace).stream().findFirst().orElse(null);
  }

  private @Nullable String anyDocument() {
    for (ReadModel model : parts.models().get().models()) {
      try (Stream<KvKey> keys =
          parts.kv().keys(parts.instance().keyPrefix() + model.name() + ":")) {
        Optional<KvKey> first = keys.findFirst();
        if (first.isPresent()) {
          return first.get().name();
        }
      }
    }
    return null;
  }
}
