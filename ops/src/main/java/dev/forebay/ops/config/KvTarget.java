package dev.forebay.ops.config;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which Workers KV namespace documents are published to, and how calls are treated.
 *
 * @param baseUrl of the API, without a slash at the end
 * @param account Cloudflare account id; null only for a local server, whose paths have none
 * @param namespace id
 * @param token null only for a local server, which asks for none
 * @param requests API calls of this process per five minutes; null for the default
 * @param writesPerDay pairs that may be written in a day (UTC); 0 for any number
 * @param callTimeout longest time of one call
 * @param lateApplyWindow how long after a call was given up it may still be applied
 */
public record KvTarget(
    URI baseUrl,
    @Nullable String account,
    String namespace,
    @Nullable Secret token,
    @Nullable Integer requests,
    int writesPerDay,
    Duration callTimeout,
    Duration lateApplyWindow) {

  /** With the defaults for calls. */
  public KvTarget(URI baseUrl, @Nullable String account, String namespace, @Nullable Secret token) {
    this(
        baseUrl, account, namespace, token, null, 0, Duration.ofSeconds(90), Duration.ofMinutes(2));
  }

  /**
   * API calls per five minutes that one Forebay makes where nothing else is said. Cloudflare counts
   * what everybody does on the account, and allows 1,200; some are left for the others.
   */
  public static final int STANDARD_REQUESTS = 960;

  /** Whether this is the real thing, with its limits and its price. */
  public boolean isCloudflare() {
    return "api.cloudflare.com".equals(baseUrl.getHost());
  }
}
