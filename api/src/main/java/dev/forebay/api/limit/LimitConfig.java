package dev.forebay.api.limit;

import java.time.Duration;

/**
 * Bounds of what clients may ask for at once.
 *
 * @param requestsPerSecond of one principal in the long run, 0 to 1,000,000; 0: any number
 * @param burst requests that a principal who was quiet may send at once, 1 to 1,000,000
 * @param inFlight requests worked on at once, 1 to 100,000; a small multiple of the pool: those
 *     that wait for a connection are among them
 * @param connections open at once, 1 to 100,000; others wait to be accepted
 * @param idleTimeout after which a connection on which nothing moves is closed, 100 ms to 10 min
 * @param headTimeout in which a request's line and headers must be there once they have begun, 100
 *     ms to 10 min
 * @param minBodyRate bytes per second that a body must bring from its first byte on, 1 to 1 MiB
 */
public record LimitConfig(
    int requestsPerSecond,
    int burst,
    int inFlight,
    int connections,
    Duration idleTimeout,
    Duration headTimeout,
    int minBodyRate) {

  private static final int MILLION = 1_000_000;
  private static final int MANY = 100_000;
  private static final long TEN_MINUTES = 600_000;

  /** Generous: nobody who behaves meets one of these. */
  public static final LimitConfig DEFAULT =
      new LimitConfig(200, 400, 80, 2_000, Duration.ofSeconds(30), Duration.ofSeconds(10), 256);

  public LimitConfig {
    check("requestsPerSecond", requestsPerSecond, 0, MILLION);
    check("burst", burst, 1, MILLION);
    check("inFlight", inFlight, 1, MANY);
    check("connections", connections, 1, MANY);
    check("idleTimeout (ms)", idleTimeout.toMillis(), 100, TEN_MINUTES);
    check("headTimeout (ms)", headTimeout.toMillis(), 100, TEN_MINUTES);
    check("minBodyRate", minBodyRate, 1, 1 << 20);
  }

  /** The same, with another rate for each principal. */
  public LimitConfig withRate(int newRequestsPerSecond, int newBurst) {
    return new LimitConfig(
        newRequestsPerSecond,
        newBurst,
        inFlight,
        connections,
        idleTimeout,
        headTimeout,
        minBodyRate);
  }

  /** The same, with other numbers of requests and connections at once. */
  public LimitConfig withAtOnce(int requests, int newConnections) {
    return new LimitConfig(
        requestsPerSecond, burst, requests, newConnections, idleTimeout, headTimeout, minBodyRate);
  }

  /** The same, with another patience for slow clients. */
  public LimitConfig withPatience(Duration idle, Duration head, int bodyRate) {
    return new LimitConfig(requestsPerSecond, burst, inFlight, connections, idle, head, bodyRate);
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + "; allowed is " + least + " to " + most);
    }
  }
}
