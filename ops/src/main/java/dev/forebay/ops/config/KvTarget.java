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
 * @param callTimeout longest time of one call
 * @param lateApplyWindow how long after a call was given up it may still be applied
 */
public record KvTarget(
    URI baseUrl,
    @Nullable String account,
    String namespace,
    @Nullable Secret token,
    @Nullable Integer requests,
    Duration callTimeout,
    Duration lateApplyWindow) {

  /** With the defaults for calls. */
  public KvTarget(URI baseUrl, @Nullable String account, String namespace, @Nullable Secret token) {
    this(baseUrl, account, namespace, token, null, Duration.ofSeconds(90), Duration.ofMinutes(2));
  }

  /**
   * The part of Cloudflare's request limit that one Forebay takes. Cloudflare counts what everybody
   * does on the account; some is left for the others.
   */
  public static final double BUDGET_SHARE = 0.8;

  /** Whether this is the real thing, with its limits and its price. */
  public boolean isCloudflare() {
    return "api.cloudflare.com".equals(baseUrl.getHost());
  }
}
