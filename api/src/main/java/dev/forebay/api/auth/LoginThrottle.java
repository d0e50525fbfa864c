package dev.forebay.api.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
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
  private static final int NETWORK_BYTES = 8;
  private static final int IPV4_BYTES = 4;

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
    String network = network(address);
    Failures known =
        failures.get(network, first -> new Failures(ticker.read(), new AtomicInteger()));
    if (known.count().incrementAndGet() == FAILURES) {
      LOG.atWarn().addKeyValue("address", network).log("too many failed logins from one address");
    }
  }

  /** For how long an address is over its limit; empty if it is not. */
  public Optional<Duration> overLimit(String address) {
    Failures known = failures.getIfPresent(network(address));
    if (known == null || known.count().get() < FAILURES) {
      return Optional.empty();
    }
    return Optional.of(WINDOW.minusNanos(ticker.read() - known.since()));
  }

  private static String network(String address) {
    if (!address.contains(":")) {
      return address;
    }
    try {
      // A text with a colon is no name: nobody is asked.
      byte[] bytes = InetAddress.getByName(address).getAddress();
      return bytes.length == IPV4_BYTES ? address : prefix(bytes).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      return address;
    }
  }

  private static InetAddress prefix(byte[] address) throws UnknownHostException {
    return InetAddress.getByAddress(
        Arrays.copyOf(Arrays.copyOf(address, NETWORK_BYTES), address.length));
  }
}
