package dev.forebay.kv.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.forebay.kv.ApiToken;
import dev.forebay.kv.KvException;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okio.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JudgeTest {

  private static final Instant NOW = Instant.parse("2026-11-23T18:30:15Z");
  private static final HttpUrl URL = HttpUrl.get("http://127.0.0.1/ns/bulk");
  private static final KvRequest WRITE = KvRequest.set("bulk write", "PUT", URL, null, 7);
  private static final KvRequest READ = KvRequest.read("list keys", URL);

  private final Judge judge = new Judge(ApiToken.of("s3cret"), Duration.ofSeconds(60));

  static Stream<Arguments> answers() {
    return Stream.of(
        arguments("bare success", 200, "{\"success\":true}", Attempt.Accepted.class, null),
        arguments("null result", 200, envelope(true, 0), Attempt.Accepted.class, null),
        arguments(
            "success:false with 200",
            200,
            envelope(false, 1),
            Attempt.Refused.class,
            KvException.Unavailable.class),
        arguments(
            "truncated JSON with 200",
            200,
            "{\"success\":tr",
            Attempt.Unanswered.class,
            KvException.Ambiguous.class),
        arguments(
            "HTML with 200", 200, "<html>", Attempt.Unanswered.class, KvException.Ambiguous.class),
        arguments("empty with 200", 200, "", Attempt.Unanswered.class, KvException.Ambiguous.class),
        arguments(
            "JSON of another kind with 200",
            200,
            "[1]",
            Attempt.Unanswered.class,
            KvException.Ambiguous.class),
        arguments("redirect", 302, "", Attempt.Refused.class, KvException.Rejected.class),
        arguments(
            "bad request",
            400,
            envelope(false, 10001),
            Attempt.Refused.class,
            KvException.Rejected.class),
        arguments(
            "malformed authorization",
            400,
            envelope(false, 6003),
            Attempt.Refused.class,
            KvException.Unauthorised.class),
        arguments(
            "authentication error",
            401,
            envelope(false, 10000),
            Attempt.Refused.class,
            KvException.Unauthorised.class),
        arguments(
            "forbidden HTML", 403, "<html>", Attempt.Refused.class, KvException.Unauthorised.class),
        arguments(
            "no namespace",
            404,
            envelope(false, 10013),
            Attempt.Refused.class,
            KvException.NotFound.class),
        arguments(
            "request too slow", 408, "", Attempt.Refused.class, KvException.Unavailable.class),
        arguments(
            "too large",
            413,
            envelope(false, 1),
            Attempt.Refused.class,
            KvException.Rejected.class),
        arguments(
            "throttled HTML", 429, "<html>", Attempt.Refused.class, KvException.Throttled.class),
        arguments(
            "daily quota",
            429,
            envelope(false, 10048),
            Attempt.Refused.class,
            KvException.QuotaExhausted.class),
        arguments(
            "API's own 500",
            500,
            envelope(false, 10000),
            Attempt.Refused.class,
            KvException.Unavailable.class),
        arguments(
            "gateway's 500", 500, "<html>", Attempt.Unanswered.class, KvException.Ambiguous.class),
        arguments("502", 502, "<html>", Attempt.Unanswered.class, KvException.Ambiguous.class),
        arguments(
            "origin refused", 521, "<html>", Attempt.Refused.class, KvException.Unavailable.class),
        arguments(
            "origin unreachable",
            523,
            "<html>",
            Attempt.Refused.class,
            KvException.Unavailable.class),
        arguments("524", 524, "<html>", Attempt.Unanswered.class, KvException.Ambiguous.class));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void answer_toAWrite(
      String name, int status, String body, Class<?> kind, Class<? extends KvException> cause) {
    Attempt attempt = answer(WRITE, status, Headers.EMPTY, body);

    assertThat(attempt).isInstanceOf(kind);
    assertThat(attempt.status()).isEqualTo(status);
    if (cause == null) {
      assertThat(attempt.failure()).isEmpty();
    } else {
      assertThat(attempt.failure())
          .hasValueSatisfying(e ->
              assertThat(e)
                  .isInstanceOf(cause)
                  .hasMessageContaining("bulk write of 7 at /ns/bulk: HTTP " + status)
                  .hasMessageContaining("(attempt 2, 30 ms)"));
    }
  }

  @Test
  void answer_toARead_isNeverAmbiguous() {
    Attempt attempt = answer(READ, 524, Headers.EMPTY, "<html>");
    assertThat(attempt.failure())
        .hasValueSatisfying(e -> assertThat(e).isInstanceOf(KvException.Unavailable.class));
  }

  @ParameterizedTest(name = "{0}: too slow is {1}")
  @CsvSource({"502, false", "504, true", "522, true", "524, true", "520, false"})
  void answer_saysWhetherLessWorkMightHelp(int status, boolean tooSlow) {
    Attempt attempt = answer(WRITE, status, Headers.EMPTY, "<html>");
    assertThat(((Attempt.Unanswered) attempt).tooSlow()).isEqualTo(tooSlow);
    assertThat(((Attempt.Unanswered) attempt).cause().openUntil()).isEqualTo(NOW.plusSeconds(60));
  }

  @Test
  void answer_challengePage_neverReachedTheApi() {
    Attempt attempt = answer(WRITE, 403, Headers.of("cf-mitigated", "challenge"), "<html>");
    assertThat(attempt.failure())
        .hasValueSatisfying(e ->
            assertThat(e)
                .isInstanceOf(KvException.Unavailable.class)
                .hasMessageContaining("challenge page"));
  }

  @ParameterizedTest(name = "Retry-After: {0}")
  @CsvSource({
    "30, 2026-11-23T18:30:45Z",
    "0, 2026-11-23T18:30:15Z",
    "'Mon, 23 Nov 2026 18:31:00 GMT', 2026-11-23T18:31:00Z",
    "'Mon, 23 Nov 2026 18:00:00 GMT', 2026-11-23T18:30:15Z",
    "soon, 2026-11-23T18:30:15Z",
    "-5, 2026-11-23T18:30:15Z",
    "999999999999, 2026-11-24T18:30:15Z"
  })
  void retryAfter_inSecondsOrAsADate(String header, Instant until) {
    assertThat(Judge.retryAfter(Headers.of("Retry-After", header), NOW)).isEqualTo(until);
  }

  @Test
  void dailyQuota_lastsUntilMidnightUtc() {
    assertThat(Judge.nextUtcDay(NOW)).isEqualTo("2026-11-24T00:00:00Z");
    assertThat(Judge.nextUtcDay(Instant.parse("2026-12-31T00:00:00Z")))
        .isEqualTo("2027-01-01T00:00:00Z");
  }

  @Test
  void message_withTheTokenInIt_isRedacted() {
    String body =
        "{\"success\":false,\"errors\":[{\"code\":1,\"message\":\"bad header: Bearer s3cret\"}]}";
    Attempt attempt = answer(WRITE, 400, Headers.EMPTY, body);
    assertThat(attempt.failure())
        .hasValueSatisfying(e -> assertThat(e).hasMessageContaining("Bearer ***"));
  }

  private Attempt answer(KvRequest request, int status, Headers headers, String body) {
    Judge.Facts facts = new Judge.Facts(request, "/ns/bulk", 2, Duration.ofMillis(30), NOW);
    return judge.answer(facts, status, headers, ByteString.encodeUtf8(body));
  }

  private static String envelope(boolean success, int code) {
    return "{\"success\":%s,\"errors\":[{\"code\":%d,\"message\":\"m\"}],\"messages\":[],\"result\":null}"
        .formatted(success, code);
  }
}
