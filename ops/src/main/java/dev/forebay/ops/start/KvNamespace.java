package dev.forebay.ops.start;

import dev.forebay.kv.ApiToken;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvListener;
import dev.forebay.kv.WriteGate;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.KvTarget;
import dev.forebay.worker.history.HistoryConfig;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configured namespace: Cloudflare's, or that of a local server. */
public final class KvNamespace {

  private static final Logger log = LoggerFactory.getLogger(KvNamespace.class);

  // wrangler's local server, which knows no accounts, takes minutes over one large bulk request.
  private static final int LOCAL_PAIRS = 500;
  private static final long LOCAL_BYTES = 10_000_000;
  private static final Duration CHECK = Duration.ofSeconds(10);
  private static final Duration SLACK = Duration.ofSeconds(30);
  private static final Duration CACHED = Duration.ofSeconds(65);
  private static final Duration LOCAL_CACHED = Duration.ofSeconds(1);

  /** "60 seconds or more" (developers.cloudflare.com/kv/concepts/how-kv-works, 2026-11). */
  private static final Duration STALE_FOR = Duration.ofMinutes(2);

  private final KvTarget target;
  private final KvConfig config;

  public KvNamespace(KvTarget target) {
    this.target = target;
    KvConfig standard = treated(KvConfig.of(namespaces(target), target.namespace(), token(target)));
    this.config =
        target.account() != null ? standard : standard.withBatch(LOCAL_PAIRS, LOCAL_BYTES);
  }

  /** Attempts may begin for a third longer than one of them may take. */
  private KvConfig treated(KvConfig standard) {
    RetryPolicy retry = standard.retry();
    return standard
        .withCallTimeout(target.callTimeout())
        .withLateApplyWindow(target.lateApplyWindow())
        .withRetry(
            new RetryPolicy(
                retry.maxAttempts(),
                retry.base(),
                retry.cap(),
                target.callTimeout().multipliedBy(4).dividedBy(3)));
  }

  private static URI namespaces(KvTarget target) {
    String account = target.account() == null ? "" : "/accounts/" + target.account();
    return URI.create(target.baseUrl() + account + "/storage/kv/namespaces");
  }

  private static ApiToken token(KvTarget target) {
    return target.token() == null ? ApiToken.none() : ApiToken.of(target.token().value());
  }

  /**
   * Opens the client that lives as long as the process; the caller closes it.
   *
   * @param gate asked before each attempt that writes
   */
  public CloudflareKvClient open(KvListener listener, WriteGate gate) {
    return new CloudflareKvClient(config, budget(), listener, gate);
  }

  /** Opens a client that asks once and waits for ten seconds at most; the caller closes it. */
  public CloudflareKvClient openBriefly() {
    return new CloudflareKvClient(
        config
            .withRetry(new RetryPolicy(1, Duration.ZERO, Duration.ZERO, CHECK))
            .withCallTimeout(CHECK));
  }

  /** How long KV may show what it held before: "60 seconds or more". */
  public static Duration cacheTime(KvTarget target) {
    return target.isCloudflare() ? CACHED : LOCAL_CACHED;
  }

  private RequestBudget budget() {
    if (target.requests() == null && !target.isCloudflare()) {
      return RequestBudget.unlimited();
    }
    int requests = target.requests() == null ? KvTarget.STANDARD_REQUESTS : target.requests();
    return new RequestBudget(requests, RequestBudget.CLOUDFLARE_WINDOW, 1);
  }

  /** How long after its start a bulk call may still be applied, all its attempts included. */
  Duration intentHorizon() {
    return config
        .retry()
        .deadline()
        .plus(config.callTimeout())
        .plus(config.lateApplyWindow())
        .plus(SLACK);
  }

  /**
   * How a history in this namespace is kept.
   *
   * @param continueAfterFailover without a person
   */
  public HistoryConfig history(boolean continueAfterFailover) {
    return HistoryConfig.of(
        target.namespace(),
        target.isCloudflare() ? STALE_FOR : Duration.ZERO,
        continueAfterFailover);
  }

  /**
   * Asks once whether the namespace is there and the token good.
   *
   * @return what is wrong with the set-up. A KV that is down is not: the worker waits for it
   */
  public Optional<Problem> check() {
    try (CloudflareKvClient kv = openBriefly()) {
      kv.check();
      return Optional.empty();
    } catch (KvException e) {
      Optional<Problem> problem = problem(e);
      if (problem.isEmpty()) {
        log.atWarn().addKeyValue("reason", e.getMessage()).log("KV does not answer yet");
      }
      return problem;
    }
  }

  private static Optional<Problem> problem(KvException e) {
    String said = e.getMessage() + ".";
    return switch (e) {
      case KvException.Unauthorised u ->
          Optional.of(
              new Problem(
                  "FOREBAY_KV_TOKEN",
                  said,
                  "Give a token with the permission Workers KV Storage Write."));
      case KvException.NotFound n ->
          Optional.of(
              new Problem(
                  "FOREBAY_KV_ACCOUNT, FOREBAY_KV_NAMESPACE",
                  said,
                  "Take both ids from the Cloudflare dashboard."));
      case KvException.Rejected r ->
          Optional.of(
              new Problem(
                  "FOREBAY_KV_BASE_URL, FOREBAY_KV_ACCOUNT, FOREBAY_KV_NAMESPACE",
                  said,
                  "Correct the one that is wrong."));
      default -> Optional.empty();
    };
  }
}
