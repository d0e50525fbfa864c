package dev.forebay.kv.http;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvListener;
import dev.forebay.kv.KvListener.Ending;
import dev.forebay.kv.KvListener.Wait;
import dev.forebay.kv.WriteGate;
import dev.forebay.kv.pace.KeyFloor;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests, each attempt counted against the budget and told to the listener.
 *
 * <p>An attempt runs on a thread of its own so that the caller can be interrupted at any time.
 */
public final class KvHttp implements AutoCloseable {

  private final KvConfig config;
  private final OkHttpClient client;
  private final RequestBudget budget;
  private final KvListener listener;
  private final WriteGate gate;
  private final InstantSource clock;
  private final Judge judge;
  private final KeyFloor keyFloor;
  private final HttpUrl namespaces;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param base proxies, TLS and interceptors are taken from it; time limits, retries and threads
   *     are not
   * @param gate asked before each attempt that could change something
   */
  public KvHttp(
      KvConfig config,
      OkHttpClient base,
      RequestBudget budget,
      KvListener listener,
      WriteGate gate,
      InstantSource clock) {
    this.config = config;
    this.client = Exchange.client(base, config.callTimeout());
    this.budget = budget;
    this.listener = listener;
    this.gate = gate;
    this.clock = clock;
    this.keyFloor = new KeyFloor(config.keyFloor());
    this.judge = new Judge(config.token(), config.lateApplyWindow());
    this.namespaces = HttpUrl.get(config.namespacesUrl());
  }

  /** The URL that the configuration names, without what follows it. */
  public HttpUrl namespaces() {
    return namespaces;
  }

  /** When to repeat an attempt. */
  public RetryPolicy retry() {
    return config.retry();
  }

  /** When keys were written by this client. */
  public KeyFloor keyFloor() {
    return keyFloor;
  }

  /** The time as this client sees it. */
  public Instant now() {
    return clock.instant();
  }

  /**
   * Sends until there is a definite answer, or the retries end.
   *
   * @return the answer, and the latest time until which an earlier attempt may still be applied
   * @throws KvException if it was refused, remained ambiguous or was cancelled
   */
  public Answered send(KvRequest request) {
    Retries retries = new Retries(this, floor(request));
    while (true) {
      Attempt attempt = attempt(request, retries.number(), retries.latest());
      if (attempt instanceof Attempt.Accepted accepted) {
        return new Answered(accepted, retries.openUntil());
      }
      KvException cause = attempt.failure().orElseThrow();
      boolean again =
          request.effect() != KvRequest.Effect.ADDS || attempt instanceof Attempt.Refused;
      if (!waits(retries, cause, again)) {
        throw retries.verdict(cause);
      }
    }
  }

  private static boolean waits(Retries retries, KvException cause, boolean again) {
    try {
      return retries.again(cause, again);
    } catch (KvException.Cancelled cancelled) {
      throw retries.verdict(cancelled);
    }
  }

  /**
   * Sends once, when the budget allows it.
   *
   * @param number 1 for the first
   * @param latest if the budget does not allow it until then, nothing is sent
   */
  public Attempt attempt(KvRequest request, int number, Instant latest) {
    Instant begun = now();
    // Without any time to wait an attempt that need not wait is still made.
    Instant bound = latest.isAfter(begun) ? latest : begun;
    Instant allowed = budget.take(begun, bound);
    if (allowed.isAfter(bound)) {
      String what = "the request budget is used up until " + allowed;
      return refused(facts(request, number, begun), new KvException.Throttled(what, allowed));
    }
    try {
      pause(Wait.THROTTLED, Duration.between(begun, allowed));
      if (request.effect() != KvRequest.Effect.NONE) {
        gate.pass();
      }
      return exchange(request, number);
    } catch (KvException.Cancelled cancelled) {
      return refused(facts(request, number, begun), cancelled);
    }
  }

  private Attempt exchange(KvRequest request, int number) {
    Instant begun = now();
    long nanos = System.nanoTime();
    Exchange exchange = new Exchange(client.newCall(httpRequest(request)));
    Attempt attempt;
    try {
      Exchange.Answer answer = exchange.await();
      Judge.Facts facts = facts(request, number, begun);
      learn(answer, facts.now());
      attempt = judge.answer(facts, answer.status(), answer.headers(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      attempt = judge.cancelled(facts(request, number, begun), exchange.sent(), e);
    } catch (IOException e) {
      attempt = broken(facts(request, number, begun), exchange, e);
    }
    lockOut(attempt);
    listener.onAttempt(event(request, number, attempt, System.nanoTime() - nanos));
    return attempt;
  }

  private Attempt broken(Judge.Facts facts, Exchange exchange, IOException e) {
    if (isClosed()) {
      return judge.cancelled(facts, exchange.sent(), e);
    }
    boolean tooSlow = e instanceof InterruptedIOException;
    return judge.noAnswer(facts, exchange, tooSlow, e);
  }

  private void learn(Exchange.Answer answer, Instant now) {
    String ratelimit = answer.headers().get("Ratelimit");
    if (ratelimit != null) {
      budget.correct(ratelimit, now);
    }
  }

  /** A 429 with a time closes the account for every client that shares the budget. */
  private void lockOut(Attempt attempt) {
    if (attempt instanceof Attempt.Refused refused
        && refused.cause() instanceof KvException.Throttled throttled) {
      budget.lockUntil(throttled.until());
    }
  }

  private Request httpRequest(KvRequest request) {
    Request.Builder http =
        Exchange.followed(new Request.Builder())
            .url(request.url())
            .method(request.method(), request.body());
    if (!config.token().isEmpty()) {
      http.header("Authorization", "Bearer " + config.token().reveal());
    }
    return http.build();
  }

  /**
   * Waits; returns at once for no or negative time.
   *
   * @throws KvException.Cancelled if the thread is interrupted or the client closed meanwhile
   */
  void pause(Wait reason, Duration time) {
    if (isClosed()) {
      throw new KvException.Cancelled("the client is closed", null);
    }
    if (!time.isPositive()) {
      return;
    }
    listener.onWait(reason, time);
    try {
      if (closed.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new KvException.Cancelled("the client was closed", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KvException.Cancelled("interrupted while waiting to send", e);
    }
  }

  double random() {
    return ThreadLocalRandom.current().nextDouble();
  }

  /** What was sent may have been written, and KV takes one write per key and second. */
  Duration floor(KvRequest request) {
    return request.effect() == KvRequest.Effect.NONE ? Duration.ZERO : config.keyFloor();
  }

  private Judge.Facts facts(KvRequest request, int number, Instant begun) {
    Instant now = now();
    String path = request.url().encodedPath();
    return new Judge.Facts(request, path, number, Duration.between(begun, now), now);
  }

  private static Attempt refused(Judge.Facts facts, KvException cause) {
    KvException described =
        switch (cause) {
          case KvException.Throttled e ->
              new KvException.Throttled(facts.describe(String.valueOf(e.getMessage())), e.until());
          default -> cause;
        };
    return new Attempt.Refused(0, described, MissingNode.getInstance());
  }

  private KvListener.Attempt event(KvRequest request, int number, Attempt attempt, long nanos) {
    Ending ending =
        switch (attempt) {
          case Attempt.Accepted a -> Ending.ACCEPTED;
          case Attempt.Refused r -> Ending.REFUSED;
          case Attempt.Unanswered u -> Ending.AMBIGUOUS;
        };
    return new KvListener.Attempt(
        request.operation(),
        number,
        request.pairs(),
        length(request.body()),
        attempt.status(),
        Duration.ofNanos(nanos),
        ending,
        budget.remaining(now()),
        attempt.failure().orElse(null));
  }

  /** How many requests the budget allows now. */
  public int readyRequests() {
    return budget.remaining(now());
  }

  private static long length(@Nullable RequestBody body) {
    try {
      return body == null ? 0 : body.contentLength();
    } catch (IOException e) {
      return -1;
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  @Override
  public void close() {
    closed.countDown();
    client.dispatcher().cancelAll();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  /** An answer, and until when earlier attempts without one may still be applied (null: none). */
  public record Answered(Attempt.Accepted answer, @Nullable Instant openUntil) {}
}
