package dev.forebay.ops.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Which Workers KV namespace documents are published to.
 *
 * @param baseUrl of the API, without a slash at the end
 * @param account Cloudflare account id; null only for a local server, whose paths have none
 * @param namespace id
 * @param token null only for a local server, which asks for none
 */
public record KvTarget(
    URI baseUrl, @Nullable String account, String namespace, @Nullable Secret token) {

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
