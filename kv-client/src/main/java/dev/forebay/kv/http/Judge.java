package dev.forebay.kv.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.forebay.kv.ApiToken;
import dev.forebay.kv.KvException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import okhttp3.Headers;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an answer means. A pure function of the answer and the time.
 *
 * <p>The API's envelope is a definite answer, whatever its status. A server error without it comes
 * from a gateway, and the API behind may still be at work: ambiguous, unless the gateway says that
 * it never reached the API.
 */
final class Judge {

  /**
   * Cloudflare's gateway could not connect to its origin: 521 refused, 523 unreachable, 525 and 526
   * TLS.
   */
  private static final Set<Integer> NEVER_REACHED = Set.of(521, 523, 525, 526);

  /** Time ran out at a gateway: 504, 522 and 524. */
  private static final Set<Integer> TOO_SLOW = Set.of(504, 522, 524);

  private static final int DAILY_QUOTA = 10048;
  private static final int AUTHENTICATION = 10000;
  private static final int MALFORMED_AUTHORIZATION = 6003;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is known when an answer is judged. */
  record Facts(KvRequest request, String url, int attempt, Duration elapsed, Instant now) {
    String describe(String what) {
      return "%s of %d at %s: %s (attempt %d, %d ms)"
          .formatted(request.operation(), request.pairs(), url, what, attempt, elapsed.toMillis());
    }
  }

  private final ApiToken token;
  private final Duration lateApplyWindow;

  Judge(ApiToken token, Duration lateApplyWindow) {
    this.token = token;
    this.lateApplyWindow = lateApplyWindow;
  }

  Attempt answer(Facts facts, int status, Headers headers, ByteString body) {
    boolean good = status >= 200 && status < 300;
    if (good && facts.request().raw()) {
      return new Attempt.Accepted(status, headers, body, MissingNode.getInstance());
    }
    JsonNode envelope = parse(body);
    if (envelope.isMissingNode()) {
      return withoutEnvelope(facts, status, headers);
    }
    if (good && envelope.path("success").asBoolean(false)) {
      return new Attempt.Accepted(status, headers, body, envelope);
    }
    return new Attempt.Refused(status, refusal(facts, status, headers, envelope), envelope);
  }

  /** The connection ended, or time ran out, before a whole answer was there. */
  Attempt noAnswer(Facts facts, Exchange exchange, boolean tooSlow, IOException failure) {
    String message = facts.describe(token.redact(String.valueOf(failure.getMessage())));
    int status = exchange.status();
    if (status >= 400 && status < 500) {
      // The status line alone says it.
      return withoutEnvelope(facts, status, exchange.headers());
    }
    return exchange.sent()
        ? unanswered(facts, status, message, tooSlow, failure)
        : new Attempt.Refused(
            0, new KvException.Unavailable(message, failure), MissingNode.getInstance());
  }

  /** The caller was interrupted or the client closed. */
  Attempt cancelled(Facts facts, boolean sent, Exception cause) {
    String message = facts.describe("cancelled");
    return sent
        ? unanswered(facts, 0, message, false, new KvException.Cancelled(message, cause))
        : new Attempt.Refused(
            0, new KvException.Cancelled(message, cause), MissingNode.getInstance());
  }

  private Attempt unanswered(
      Facts facts, int status, String message, boolean tooSlow, @Nullable Throwable cause) {
    if (facts.request().effect() == KvRequest.Effect.NONE) {
      return new Attempt.Refused(
          status, new KvException.Unavailable(message, cause), MissingNode.getInstance());
    }
    Instant openUntil = facts.now().plus(lateApplyWindow);
    return new Attempt.Unanswered(
        status, new KvException.Ambiguous(message, openUntil, cause), tooSlow);
  }

  private Attempt withoutEnvelope(Facts facts, int status, Headers headers) {
    boolean challenge = "challenge".equals(headers.get("cf-mitigated"));
    boolean reached = !challenge && !NEVER_REACHED.contains(status);
    if (reached && (status < 300 || status >= 500)) {
      String message = facts.describe("HTTP " + status + " without the API's envelope");
      return unanswered(facts, status, message, TOO_SLOW.contains(status), null);
    }
    KvException cause =
        challenge
            ? new KvException.Unavailable(
                facts.describe(
                    "HTTP " + status + ", a challenge page: the client is taken for a bot"),
                null)
            : refusal(facts, status, headers, MissingNode.getInstance());
    return new Attempt.Refused(status, cause, MissingNode.getInstance());
  }

  private KvException refusal(Facts facts, int status, Headers headers, JsonNode envelope) {
    List<Integer> codes = new ArrayList<>();
    StringBuilder said = new StringBuilder("HTTP " + status);
    for (JsonNode error : envelope.path("errors")) {
      codes.add(error.path("code").asInt());
      said.append(", ").append(error.path("code").asText()).append(' ');
      said.append(abridge(error.path("message").asText()));
    }
    String message = facts.describe(token.redact(said.toString()));
    if (codes.contains(DAILY_QUOTA)) {
      return new KvException.QuotaExhausted(message, nextUtcDay(facts.now()));
    }
    boolean authentication =
        codes.contains(MALFORMED_AUTHORIZATION) || codes.contains(AUTHENTICATION);
    return switch (status) {
      case 429 -> new KvException.Throttled(message, retryAfter(headers, facts.now()));
      case 401, 403 -> new KvException.Unauthorised(message);
      case 404 -> new KvException.NotFound(message, codes);
      case 408 -> new KvException.Unavailable(message, null);
      case 400 ->
          authentication
              ? new KvException.Unauthorised(message)
              : new KvException.Rejected(message, status, codes);
      default ->
          status >= 500 || status < 300
              ? new KvException.Unavailable(message, null)
              : new KvException.Rejected(message, status, codes);
    };
  }

  /** Seconds or a date; a 429 without it is answered by backoff. */
  static Instant retryAfter(Headers headers, Instant now) {
    String text = headers.get("Retry-After");
    if (text == null) {
      return now;
    }
    try {
      return now.plusSeconds(Math.min(86_400, Long.parseUnsignedLong(text.strip())));
    } catch (NumberFormatException notSeconds) {
      return httpDate(text, now);
    }
  }

  private static Instant httpDate(String text, Instant now) {
    try {
      Instant date =
          ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return date.isAfter(now) ? date : now;
    } catch (DateTimeParseException notADate) {
      return now;
    }
  }

  static Instant nextUtcDay(Instant now) {
    return now.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).plusDays(1).toInstant();
  }

  /** The envelope, or missing for anything that is not one JSON object with {@code success}. */
  private static JsonNode parse(ByteString body) {
    try {
      JsonNode node = JSON.readTree(body.toByteArray());
      return node != null && node.path("success").isBoolean() ? node : MissingNode.getInstance();
    } catch (IOException notJson) {
      return MissingNode.getInstance();
    }
  }

  private static String abridge(String text) {
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }
}
