package dev.forebay.api.token;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How tokens are signed and handed out.
 *
 * @param secrets one or two texts of 32 characters at least, which the edge has too; the first one
 *     signs, each is accepted, so that they can be changed without a gap
 * @param life how long a token is good, from 1 s to 1 h in whole seconds; KV shows a change within
 *     {@link #LIFE}
 * @param cookie whether replies set the token as a cookie too, so that browsers need no code
 * @param cookieDomain for which the cookie is set; null: the host that was asked
 * @param afterwards how long a look may take for what moved while a write was committed: its client
 *     waits, though the write is done
 */
public record TokenConfig(
    List<String> secrets,
    Duration life,
    boolean cookie,
    @Nullable String cookieDomain,
    Duration afterwards) {

  /** What a token lives unless somebody says otherwise. */
  public static final Duration LIFE = Duration.ofMinutes(3);

  /** How long the look after a COMMIT may take. */
  public static final Duration AFTERWARDS = Duration.ofMillis(250);

  private static final Duration MAX_LIFE = Duration.ofHours(1);
  private static final Pattern DOMAIN =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+");

  /**
   * Checks all of it.
   *
   * @throws IllegalArgumentException saying what is wrong and what is allowed, and no secret
   */
  public TokenConfig {
    secrets = Secrets.checked(secrets);
    if (life.compareTo(Duration.ofSeconds(1)) < 0
        || life.compareTo(MAX_LIFE) > 0
        || !life.equals(life.truncatedTo(ChronoUnit.SECONDS))) {
      throw new IllegalArgumentException(
          "the life of tokens is " + life + "; allowed is 1 s to 1 h in whole seconds");
    }
    if (cookieDomain != null && !DOMAIN.matcher(cookieDomain).matches()) {
      throw new IllegalArgumentException(
          "the cookie's domain is '" + cookieDomain + "'; give one such as example.com");
    }
  }

  /** Tokens of writes that wait no longer than {@link #AFTERWARDS}. */
  public TokenConfig(
      List<String> secrets, Duration life, boolean cookie, @Nullable String cookieDomain) {
    this(secrets, life, cookie, cookieDomain, AFTERWARDS);
  }

  /** The same, with another patience after the COMMIT. */
  public TokenConfig withAfterwards(Duration time) {
    return new TokenConfig(secrets, life, cookie, cookieDomain, time);
  }

  @Override
  public String toString() {
    return "TokenConfig[secrets=***, life=%s, cookie=%s, cookieDomain=%s, afterwards=%s]"
        .formatted(life, cookie, cookieDomain, afterwards);
  }
}
