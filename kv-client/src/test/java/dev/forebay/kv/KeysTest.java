package dev.forebay.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeysTest {

  private final MockWebServer server = new MockWebServer();
  private CloudflareKvClient client;

  @BeforeEach
  void start() throws IOException {
    server.start();
    KvConfig config =
        KvConfig.of(URI.create(server.url("/n").toString()), "ns", ApiToken.of("t0k3n"))
            .withRetry(RetryPolicy.never());
    client = new CloudflareKvClient(config, RequestBudget.unlimited(), KvListener.NONE);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void keys_followTheCursorOverEmptyPagesAndSendThePrefixWithEach() throws Exception {
    page("c 1", "p:a", "p:b");
    page("c/2");
    page("", "p:c");

    assertThat(client.keys("p:").map(KvKey::name)).containsExactly("p:a", "p:b", "p:c");

    assertThat(query()).isEqualTo("limit=1000&prefix=p%3A");
    assertThat(query()).isEqualTo("limit=1000&prefix=p%3A&cursor=c%201");
    assertThat(query()).isEqualTo("limit=1000&prefix=p%3A&cursor=c%2F2");
  }

  @Test
  void keys_withoutACursorField_end() {
    server.enqueue(
        new MockResponse.Builder()
            .body("{\"success\":true,\"result\":[{\"name\":\"a\"}]}")
            .build());
    assertThat(client.keys("").map(KvKey::name)).containsExactly("a");
  }

  @Test
  void keys_areRequestedOnlyWhenNeeded() {
    page("c1", "a", "b");
    try (Stream<KvKey> keys = client.keys("")) {
      assertThat(keys.map(KvKey::name).limit(2)).containsExactly("a", "b");
    }
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void keys_afterACursorError_startOverWithoutRepeatingThemselves() {
    page("c1", "a", "é", "\uffee");
    refused();
    page("c2", "a", "b", "é");
    page("", "\uffee", "😀");

    assertThat(client.keys("").map(KvKey::name)).containsExactly("a", "é", "\uffee", "😀");
  }

  @Test
  void keys_afterASecondCursorError_fail() {
    page("c1", "a");
    refused();
    page("c2", "a", "b");
    refused();
    try (Stream<KvKey> keys = client.keys("")) {
      assertThatThrownBy(keys::toList).isInstanceOf(KvException.Rejected.class);
    }
  }

  @Test
  void keys_withACursorThatStandsStill_fail() {
    page("c1", "a");
    page("c1", "b");
    try (Stream<KvKey> keys = client.keys("")) {
      assertThatThrownBy(keys::toList)
          .isInstanceOf(KvException.Unavailable.class)
          .hasMessageContaining("same cursor twice");
    }
  }

  private void page(String cursor, String... names) {
    String result =
        Arrays.stream(names)
            .map(name -> "{\"name\":\"" + name + "\"}")
            .collect(Collectors.joining(","));
    server.enqueue(
        new MockResponse.Builder()
            .body(
                "{\"success\":true,\"result\":[%s],\"result_info\":{\"count\":%d,\"cursor\":\"%s\"}}"
                    .formatted(result, names.length, cursor))
            .build());
  }

  private void refused() {
    server.enqueue(
        new MockResponse.Builder()
            .code(400)
            .body("{\"success\":false,\"errors\":[{\"code\":10001,\"message\":\"cursor\"}]}")
            .build());
  }

  private String query() throws InterruptedException {
    return String.valueOf(server.takeRequest().getUrl().encodedQuery());
  }
}
