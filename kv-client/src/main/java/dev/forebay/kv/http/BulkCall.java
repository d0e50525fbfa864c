package dev.forebay.kv.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.KvException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends any number of items in requests within the limits and says for each what became of it.
 * Belongs to one thread and is used once.
 *
 * <p>Requests go one after another. Only the items of one request are held, never their encoded
 * form.
 */
public final class BulkCall<T> {

  /** Brackets around the items; each item brings a comma, which makes up for one of them. */
  private static final int FRAME = 1;

  private final KvHttp http;
  private final BulkFormat<T> format;
  private final BiConsumer<String, KeyOutcome> outcomes;
  private final long maxBytes;
  private final Duration floor;
  private int maxPairs;

  /**
   * How many rejected requests may still be halved to find the item that is meant. One bad item
   * among 10,000 takes 14; a request that is wrong as a whole must not become thousands.
   */
  private int searches = 64;

  /** Set by a failure that every further request would share. */
  private @Nullable KvException hopeless;

  private record Batch<T>(List<T> items, long bytes, Retries retries) {}

  /**
   * @param outcomes told once for each item, when it is settled
   */
  public BulkCall(
      KvHttp http, KvConfig config, BulkFormat<T> format, BiConsumer<String, KeyOutcome> outcomes) {
    this.http = http;
    this.format = format;
    this.outcomes = outcomes;
    this.maxPairs = config.maxPairs();
    this.maxBytes = config.maxBytes();
    this.floor = config.keyFloor();
  }

  /** Sends everything; blocks until each item is settled. */
  public void run(Iterator<T> items) {
    List<T> batch = new ArrayList<>();
    long bytes = FRAME;
    while (items.hasNext()) {
      T item = items.next();
      long more = format.bytes(item) + 1;
      if (!batch.isEmpty() && (batch.size() >= maxPairs || bytes + more > maxBytes)) {
        settle(batch, bytes);
        batch = new ArrayList<>();
        bytes = FRAME;
      }
      batch.add(item);
      bytes += more;
    }
    if (!batch.isEmpty()) {
      settle(batch, bytes);
    }
  }

  private void settle(List<T> items, long bytes) {
    Deque<Batch<T>> open = new ArrayDeque<>();
    open.push(new Batch<>(items, bytes, new Retries(http, floor)));
    while (!open.isEmpty()) {
      Batch<T> batch = open.pop();
      if (hopeless != null) {
        conclude(batch, hopeless);
        continue;
      }
      switch (attempt(batch)) {
        case Attempt.Accepted accepted -> accepted(batch, accepted, open);
        case Attempt.Refused refused -> refused(batch, refused, open);
        case Attempt.Unanswered unanswered -> unanswered(batch, unanswered, open);
      }
    }
  }

  private Attempt attempt(Batch<T> batch) {
    KvRequest request = format.request(batch.items(), batch.bytes());
    Attempt attempt = http.attempt(request, batch.retries().number(), batch.retries().latest());
    if (attempt.status() != 0 || attempt instanceof Attempt.Unanswered) {
      http.keyFloor().wrote(batch.items().stream().map(format.key()).toList(), http.now());
    }
    return attempt;
  }

  private void accepted(Batch<T> batch, Attempt.Accepted answer, Deque<Batch<T>> open) {
    JsonNode result = answer.envelope().path("result");
    Set<String> unsuccessful = unsuccessful(result);
    partly(batch, unsuccessful, open);
  }

  private void refused(Batch<T> batch, Attempt.Refused answer, Deque<Batch<T>> open) {
    JsonNode result = answer.envelope().path("result");
    Set<String> unsuccessful = unsuccessful(result);
    int accounted = result.path("successful_key_count").asInt(-1) + unsuccessful.size();
    if (!unsuccessful.isEmpty() && accounted == batch.items().size()) {
      // The error's body says which keys it is about.
      partly(batch, unsuccessful, open);
    } else if (answer.cause() instanceof KvException.Rejected
        && batch.items().size() > 1
        && searches > 0) {
      searches--;
      pushHalves(batch, open);
    } else {
      retryOrConclude(batch, answer.cause(), open);
    }
  }

  /** Some keys are stored, the others are tried again. */
  private void partly(Batch<T> batch, Set<String> unsuccessful, Deque<Batch<T>> open) {
    List<T> left = new ArrayList<>();
    KeyOutcome stored = new KeyOutcome.Stored(batch.retries().openUntil());
    for (T item : batch.items()) {
      String key = format.key().apply(item);
      if (unsuccessful.contains(key)) {
        left.add(item);
      } else {
        outcomes.accept(key, stored);
      }
    }
    if (!left.isEmpty()) {
      String message =
          "%s: %d of %d keys were not stored on all of KV's storage (attempt %d)"
              .formatted(
                  format.operation(), left.size(), batch.items().size(), batch.retries().number());
      retryOrConclude(
          part(left, batch.retries()), new KvException.Unavailable(message, null), open);
    }
  }

  private void unanswered(Batch<T> batch, Attempt.Unanswered answer, Deque<Batch<T>> open) {
    if (!answer.tooSlow() || batch.items().size() == 1) {
      retryOrConclude(batch, answer.cause(), open);
      return;
    }
    int half = (batch.items().size() + 1) / 2;
    maxPairs = Math.min(maxPairs, half);
    if (waitForNext(batch, answer.cause())) {
      pushHalves(batch, open);
    } else {
      conclude(batch, answer.cause());
    }
  }

  private void pushHalves(Batch<T> batch, Deque<Batch<T>> open) {
    List<T> items = batch.items();
    int half = (items.size() + 1) / 2;
    open.push(part(items.subList(half, items.size()), batch.retries().split()));
    open.push(part(items.subList(0, half), batch.retries()));
  }

  private Batch<T> part(List<T> items, Retries retries) {
    long bytes = FRAME;
    for (T item : items) {
      bytes += format.bytes(item) + 1;
    }
    return new Batch<>(items, bytes, retries);
  }

  private void retryOrConclude(Batch<T> batch, KvException cause, Deque<Batch<T>> open) {
    if (waitForNext(batch, cause)) {
      open.push(batch);
    } else {
      conclude(batch, cause);
    }
  }

  private boolean waitForNext(Batch<T> batch, KvException cause) {
    try {
      if (batch.retries().again(cause, true)) {
        return true;
      }
    } catch (KvException.Cancelled cancelled) {
      hopeless = cancelled;
      return false;
    }
    switch (cause) {
      case KvException.QuotaExhausted e -> hopeless = e;
      case KvException.Unauthorised e -> hopeless = e;
      case KvException.NotFound e -> hopeless = e;
      case KvException.Cancelled e -> hopeless = e;
      case KvException.Ambiguous e when e.getCause() instanceof KvException.Cancelled cancelled ->
          hopeless = cancelled;
      default -> {}
    }
    return false;
  }

  private void conclude(Batch<T> batch, KvException cause) {
    Instant openUntil = batch.retries().openUntil();
    KeyOutcome outcome =
        openUntil == null
            ? new KeyOutcome.Failed(cause)
            : new KeyOutcome.Ambiguous(openUntil, cause);
    for (T item : batch.items()) {
      outcomes.accept(format.key().apply(item), outcome);
    }
  }

  private static Set<String> unsuccessful(JsonNode result) {
    Set<String> keys = new HashSet<>();
    result.path("unsuccessful_keys").forEach(key -> keys.add(key.asText()));
    return keys;
  }
}
