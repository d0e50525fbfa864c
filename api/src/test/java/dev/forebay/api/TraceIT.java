package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.forebay.api.TestClient.Reply;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** By which an operator finds a request in the log: its own id, and that of the client's trace. */
class TraceIT {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  private static TestApi api;
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private Logger logger;

  @BeforeAll
  static void startApi() throws Exception {
    api = new TestApi();
    api.client.post("/v1/author", "{\"name\":\"Ada\"}");
  }

  @AfterAll
  static void stopApi() throws Exception {
    api.close();
  }

  @BeforeEach
  void listen() {
    logger = (Logger) LoggerFactory.getLogger("dev.forebay.api.http");
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(lines);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-" + TRACE + "-" + SPAN + "-01",
        "00-" + TRACE + "-" + SPAN + "-00",
        "cc-" + TRACE + "-" + SPAN + "-01-what-the-future-brings"
      })
  void trace_thatIsValid_isInTheLog(String traceparent) throws Exception {
    Reply refused = contended("traceparent", traceparent);

    assertThat(lines.list)
        .singleElement()
        .satisfies(line -> {
          assertThat(line.getMessage()).isEqualTo("request could not be served");
          assertThat(line.getMDCPropertyMap())
              .containsEntry("traceId", TRACE)
              .containsEntry("requestId", refused.header("X-Request-Id"));
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-" + TRACE + "-" + SPAN,
        "00-" + TRACE + "-" + SPAN + "-01-more",
        "ff-" + TRACE + "-" + SPAN + "-01",
        "00-00000000000000000000000000000000-" + SPAN + "-01",
        "00-" + TRACE + "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
        "nonsense"
      })
  void trace_thatIsNotValid_isNone(String traceparent) throws Exception {
    contended("traceparent", traceparent);

    assertThat(lines.list)
        .singleElement()
        .satisfies(line -> assertThat(line.getMDCPropertyMap()).doesNotContainKey("traceId"));
  }

  @Test
  void trace_thatIsGivenTwice_isNone() throws Exception {
    String traceparent = "00-" + TRACE + "-" + SPAN + "-01";
    contended("traceparent", traceparent, "traceparent", traceparent);

    assertThat(lines.list)
        .singleElement()
        .satisfies(line -> assertThat(line.getMDCPropertyMap()).doesNotContainKey("traceId"));
  }

  /** A request that is answered 503 and so is told in the log. */
  private static Reply contended(String... headers) throws Exception {
    try (Connection blocker = api.postgres.getPostgresDatabase().getConnection();
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      statement.execute("select from author for update");
      HttpRequest.Builder request = api.client.json("PATCH", "/v1/author/1", "{\"name\":\"Bob\"}");
      for (int i = 0; i < headers.length; i += 2) {
        request.header(headers[i], headers[i + 1]);
      }
      Reply refused = api.client.send(request);
      assertThat(refused.problem()).isEqualTo("contended");
      return refused;
    }
  }
}
