package dev.forebay.api.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.forebay.api.limit.ClientNetwork;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts failed logins by the address they come from. An address that has failed {@link #FAILURES}
 * times is over its limit until {@link #WINDOW} after the first of them, whatever it does
 * meanwhile. Addresses of IPv6 count as their network of 64 bits, which is what one customer gets.
 *
 * <p>Memory: at most {@value #MAX_ADDRESSES} addresses; of more, those that failed seldom are
 * forgotten. Safe for any thread; never blocks.
 */
public final class LoginThrottle {

  /** How often an address may fail within {@link #WINDOW}. */
  public static final int FAILURES = 100;

  /** How long failures are counted, and an address stays over its limit at most. */
  public static final Duration WINDOW = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(LoginThrottle.class);
  private static final int MAX_ADDRESSES = 50_000;

  private final Ticker ticker;
  private final Cache<String, Failures> failures;

  /**
   * @param ticker tells the time
   */
  public LoginThrottle(Ticker ticker) {
    this.ticker = ticker;
    this.failures =
        Caffeine.newBuilder()
            .ticker(ticker)
            .expireAfterWrite(WINDOW)
            .maximumSize(MAX_ADDRESSES)
            .build();
  }

  private record Failures(long since, AtomicInteger count) {}

  /** Counts a failed login. */
  public void failed(String address) {
    String network = ClientNetwork.of(address);
    Failures known =
        failures.get(network, first -> new Failures(ticker.read(), new AtomicInteger()));
    if (known.count().incrementAndGet() == FAILURES) {
      LOG.atWarn().addKeyValue("address", network).log("too many failed logins from one address");
    }
  }

  /** For how long an address is over its limit; empty if it is not. */
  public Optional<Duration> overLimit(String address) {
    Failures known = failures.getIfPresent(ClientNetwork.of(address));
    if (known == null || known.count().get() < FAILURES) {
      return Optional.empty();
    }
    return Optional.of(WINDOW.minusNanos(ticker.read() - known.since()));
  }
}
