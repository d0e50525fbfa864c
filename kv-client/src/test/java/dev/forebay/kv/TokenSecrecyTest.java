package dev.forebay.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A server that repeats the token wherever it can, and everything that is said about it. */
class TokenSecrecyTest {

  private static final String SECRET = "v1.0-s3cr3t-t0k3n";

  private final List<String> said = new ArrayList<>();

  @Test
  void token_isNowhereInWhatIsSaid() throws IOException {
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level level = root.getLevel();
    root.setLevel(Level.TRACE);
    root.addAppender(appender);
    appender.start();
    java.util.logging.Logger jul = LogManager.getLogManager().getLogger("");
    Handler handler = new Remembering();
    jul.addHandler(handler);
    java.util.logging.Level julLevel = jul.getLevel();
    jul.setLevel(java.util.logging.Level.ALL);
    try {
      provokeEveryFailure();
    } finally {
      jul.removeHandler(handler);
      jul.setLevel(julLevel);
      root.detachAppender(appender);
      root.setLevel(level);
    }
    appender.list.forEach(event -> said.add(event.getFormattedMessage()));

    assertThat(said).hasSizeGreaterThan(30).noneMatch(text -> text.contains(SECRET));
    // The server did repeat it, so there was something to take out.
    assertThat(said).anyMatch(text -> text.contains("Bearer ***"));
  }

  private void provokeEveryFailure() throws IOException {
    int port;
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      port = server.getPort();
      for (int status : new int[] {200, 302, 400, 401, 403, 404, 413, 429, 500, 502, 524}) {
        for (String body : new String[] {envelope(), "<html>Bearer " + SECRET}) {
          server.enqueue(
              new MockResponse.Builder()
                  .code(status)
                  .addHeader("X-Echo", "Bearer " + SECRET)
                  .body(body)
                  .build());
          call(port);
        }
      }
      server.enqueue(
          new MockResponse.Builder()
              .onResponseStart(SocketEffect.ShutdownConnection.INSTANCE)
              .build());
      call(port);
      server.enqueue(
          new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
      call(port);
    }
    // Nobody listens any more.
    call(port);
  }

  private void call(int port) {
    KvListener listener =
        new KvListener() {
          @Override
          public void onAttempt(Attempt attempt) {
            said.add(attempt.toString());
          }
        };
    KvConfig config =
        KvConfig.of(URI.create("http://127.0.0.1:" + port + "/n"), "ns", ApiToken.of(SECRET))
            .withCallTimeout(Duration.ofMillis(500))
            .withRetry(RetryPolicy.never());
    said.add(config.toString());
    said.add(config.token().toString());
    try (CloudflareKvClient client =
        new CloudflareKvClient(config, RequestBudget.unlimited(), listener)) {
      said.add(client.toString());
      KeyOutcome outcome = client.bulkWrite(List.of(KvPair.of("a", "1"))).outcome("a");
      said.add(outcome.toString());
      switch (outcome) {
        case KeyOutcome.Stored stored -> throw new AssertionError("nothing was to be stored");
        case KeyOutcome.Failed failed -> say(failed.cause());
        case KeyOutcome.Ambiguous ambiguous -> say(ambiguous.cause());
      }
    }
  }

  private void say(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    said.add(trace.toString());
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      said.add(cause.toString());
    }
  }

  private static String envelope() {
    return "{\"success\":false,\"errors\":[{\"code\":1,\"message\":\"you sent Bearer %s\"}]}"
        .formatted(SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3cret\nX: y", "s3cret s3cret", "s3crét", "\u0000s3cret"})
  void token_thatCannotStandInAHeader_isRefusedWithoutShowingIt(String text) {
    assertThatThrownBy(() -> ApiToken.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3c");
  }

  @Test
  void token_isStrippedOfTheNewlineOfItsFile() {
    assertThat(ApiToken.of(" abc\n").reveal()).isEqualTo("abc");
    assertThat(ApiToken.of("\n").isEmpty()).isTrue();
  }

  private final class Remembering extends Handler {
    @Override
    public void publish(LogRecord entry) {
      said.add(String.valueOf(entry.getMessage()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
