package dev.forebay.api.http;

import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.auth.LoginThrottle;
import dev.forebay.api.auth.Principal;
import dev.forebay.api.auth.jwt.JwtVerifier;
import dev.forebay.api.auth.jwt.KeysUnavailableException;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.SqlProblems;
import io.javalin.http.Context;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whose a request is: the bearer of an API key or of a JWT (RFC 6750). A credential with
 * a full stop is a JWT, as no key has one.
 *
 * <p>Throttling: an address with many failed logins gets 429 for further ones. What it presents is
 * still looked at, so that a good key of somebody behind the same address goes on working; but all
 * such addresses together have {@value #LOOK_UPS} connections for it, so that they cannot take
 * those of the others. A key that is trusted already is asked about nowhere and waits for nobody.
 *
 * <p>The address is the connection's: what a client says in {@code X-Forwarded-For} is not
 * believed. Safe for any thread.
 */
public final class Authenticator {

  /** The challenge for those who are known and may not. */
  static final String INSUFFICIENT = "Bearer realm=\"forebay\", error=\"insufficient_scope\"";

  private static final String CHALLENGE = "Bearer realm=\"forebay\"";
  private static final String INVALID_REQUEST = CHALLENGE + ", error=\"invalid_request\"";
  private static final String INVALID_TOKEN = CHALLENGE + ", error=\"invalid_token\"";
  private static final String SCHEME = "Bearer";
  private static final int LOOK_UPS = 2;
  private static final Duration TURN = Duration.ofSeconds(1);

  private final ApiKeys keys;
  private final @Nullable JwtVerifier tokens;
  private final LoginThrottle throttle;
  private final Semaphore turns = new Semaphore(LOOK_UPS, true);

  /**
   * @param keys the API keys
   * @param tokens the JWTs; null: they are refused
   * @param throttle counts failures
   */
  public Authenticator(ApiKeys keys, @Nullable JwtVerifier tokens, LoginThrottle throttle) {
    this.keys = keys;
    this.tokens = tokens;
    this.throttle = throttle;
  }

  /**
   * Finds out whose the request is.
   *
   * @throws ApiProblem 401 with a challenge if nobody's; 429 if its address fails too often; 503 if
   *     that cannot be found out now
   */
  Principal principal(Context context) {
    List<String> headers = Collections.list(context.req().getHeaders("Authorization"));
    if (headers.isEmpty()) {
      throw unauthorised(context, CHALLENGE);
    }
    if (headers.size() > 1) {
      throw unauthorised(context, INVALID_REQUEST);
    }
    String[] words = headers.getFirst().strip().split(" ", 2);
    if (!words[0].equalsIgnoreCase(SCHEME)) {
      throw unauthorised(context, CHALLENGE);
    }
    String credential = words.length == 1 ? "" : words[1].strip();
    String address = context.ip();
    return prove(credential, address).orElseThrow(() -> failure(context, address));
  }

  private Optional<Principal> prove(String credential, String address) {
    try {
      if (credential.contains(".")) {
        return tokens == null ? Optional.empty() : tokens.verify(credential);
      }
      Optional<Principal> trusted = keys.findTrusted(credential);
      return trusted.isPresent() ? trusted : lookUp(credential, address);
    } catch (SQLException e) {
      throw SqlProblems.translate(e);
    } catch (KeysUnavailableException e) {
      throw ApiProblem.of(ProblemType.UNAVAILABLE, "The token's issuer has not told its keys.")
          .retryAfter(e.retryAfter())
          .causedBy(e);
    }
  }

  private Optional<Principal> lookUp(String key, String address) throws SQLException {
    Optional<Duration> over = throttle.overLimit(address);
    if (over.isEmpty()) {
      return keys.find(key);
    }
    if (!awaitTurn()) {
      throw tooMany(over.get());
    }
    try {
      return keys.find(key);
    } finally {
      turns.release();
    }
  }

  private boolean awaitTurn() {
    try {
      return turns.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private ApiProblem failure(Context context, String address) {
    Optional<Duration> over = throttle.overLimit(address);
    if (over.isPresent()) {
      return tooMany(over.get());
    }
    throttle.failed(address);
    return unauthorised(context, INVALID_TOKEN);
  }

  private static ApiProblem tooMany(Duration left) {
    // Rounded up: who waits so long is let in.
    return ApiProblem.of(ProblemType.TOO_MANY_REQUESTS, "Too many failed logins from this address.")
        .retryAfter(left.plusSeconds(1));
  }

  private static ApiProblem unauthorised(Context context, String challenge) {
    context.header("WWW-Authenticate", challenge);
    return ApiProblem.of(ProblemType.UNAUTHORISED);
  }
}
