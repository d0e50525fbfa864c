package dev.forebay.kv;

import dev.forebay.kv.pace.RetryPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a namespace is and how to treat it.
 *
 * @param namespacesUrl the URL up to and including {@code /storage/kv/namespaces}: Cloudflare's
 *     ({@code https://api.cloudflare.com/client/v4/accounts/ID/storage/kv/namespaces}), that of
 *     {@code wrangler pages dev}, or the emulator's
 * @param namespaceId the namespace's id, not its title
 * @param token {@link ApiToken#none()} for a server without authentication
 * @param callTimeout longest time of one attempt, from connecting to the last byte of the answer
 * @param maxPairs most pairs of one bulk request, 1 to 10,000
 * @param maxBytes most bytes of one bulk request as encoded, at most 100,000,000; a single pair
 *     that is larger goes alone
 * @param lateApplyWindow how long after an attempt was given up without an answer it may still be
 *     applied
 * @param retry when to repeat an attempt
 * @param keyFloor least time between two writes of one key (Cloudflare: one per second)
 */
public record KvConfig(
    URI namespacesUrl,
    String namespaceId,
    ApiToken token,
    Duration callTimeout,
    int maxPairs,
    long maxBytes,
    Duration lateApplyWindow,
    RetryPolicy retry,
    Duration keyFloor) {

  /**
   * @throws IllegalArgumentException naming every value outside its range
   */
  public KvConfig {
    List<String> problems = new ArrayList<>();
    String scheme = namespacesUrl.getScheme();
    if (!("http".equals(scheme) || "https".equals(scheme)) || namespacesUrl.getHost() == null) {
      problems.add("namespacesUrl: an absolute http or https URL is needed, not " + namespacesUrl);
    }
    if (namespaceId.isBlank()) {
      problems.add("namespaceId: must not be blank");
    }
    if (!callTimeout.isPositive()) {
      problems.add("callTimeout: must be positive, not " + callTimeout);
    }
    if (maxPairs < 1 || maxPairs > KvLimits.BULK_PAIRS) {
      problems.add("maxPairs: 1 to " + KvLimits.BULK_PAIRS + ", not " + maxPairs);
    }
    if (maxBytes < 1 || maxBytes > KvLimits.BULK_BYTES) {
      problems.add("maxBytes: 1 to " + KvLimits.BULK_BYTES + ", not " + maxBytes);
    }
    if (lateApplyWindow.isNegative()) {
      problems.add("lateApplyWindow: must not be negative, not " + lateApplyWindow);
    }
    if (keyFloor.isNegative()) {
      problems.add("keyFloor: must not be negative, not " + keyFloor);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /**
   * The defaults: 90 s per attempt, requests of up to 10,000 pairs or 100 MB, two minutes for late
   * answers, {@link RetryPolicy#standard()}, one write per key and second.
   */
  public static KvConfig of(URI namespacesUrl, String namespaceId, ApiToken token) {
    return new KvConfig(
        namespacesUrl,
        namespaceId,
        token,
        Duration.ofSeconds(90),
        KvLimits.BULK_PAIRS,
        KvLimits.BULK_BYTES,
        Duration.ofMinutes(2),
        RetryPolicy.standard(),
        KvLimits.KEY_FLOOR);
  }

  /** The same with another time limit per attempt. */
  public KvConfig withCallTimeout(Duration timeout) {
    return new KvConfig(
        namespacesUrl,
        namespaceId,
        token,
        timeout,
        maxPairs,
        maxBytes,
        lateApplyWindow,
        retry,
        keyFloor);
  }

  /** The same with other limits for one bulk request. */
  public KvConfig withBatch(int pairs, long bytes) {
    return new KvConfig(
        namespacesUrl,
        namespaceId,
        token,
        callTimeout,
        pairs,
        bytes,
        lateApplyWindow,
        retry,
        keyFloor);
  }

  /** The same with another window for late answers. */
  public KvConfig withLateApplyWindow(Duration window) {
    return new KvConfig(
        namespacesUrl,
        namespaceId,
        token,
        callTimeout,
        maxPairs,
        maxBytes,
        window,
        retry,
        keyFloor);
  }

  /** The same with another retry policy. */
  public KvConfig withRetry(RetryPolicy policy) {
    return new KvConfig(
        namespacesUrl,
        namespaceId,
        token,
        callTimeout,
        maxPairs,
        maxBytes,
        lateApplyWindow,
        policy,
        keyFloor);
  }

  /** The same with another least time between two writes of one key. */
  public KvConfig withKeyFloor(Duration floor) {
    return new KvConfig(
        namespacesUrl,
        namespaceId,
        token,
        callTimeout,
        maxPairs,
        maxBytes,
        lateApplyWindow,
        retry,
        floor);
  }
}
