package dev.forebay.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.kv.pace.RequestBudget;
import java.io.IOException;
import java.net.URI;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KvNamespacesTest {

  private final MockWebServer server = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void list_readsEveryPage() throws Exception {
    page(0, 1000, 1001);
    page(1000, 1001, 1001);
    try (KvNamespaces namespaces = namespaces("/x/accounts/acc/storage/kv/namespaces")) {
      assertThat(namespaces.list())
          .hasSize(1001)
          .endsWith(new KvNamespace("id-1000", "title-1000"));
    }
    server.takeRequest();
    assertThat(server.takeRequest().getUrl().queryParameter("page")).isEqualTo("2");
  }

  @Test
  void verifyToken_goesToTheApiAroundTheNamespaces() throws Exception {
    String active =
        "{\"success\":true,\"messages\":[{\"code\":10000}],\"result\":{\"status\":\"active\"}}";
    server.enqueue(new MockResponse.Builder().body(active).build());
    server.enqueue(new MockResponse.Builder().body(active).build());
    try (KvNamespaces namespaces = namespaces("/client/v4/accounts/acc/storage/kv/namespaces")) {
      assertThat(namespaces.verifyUserToken()).isEqualTo("active");
      assertThat(namespaces.verifyAccountToken()).isEqualTo("active");
    }
    assertThat(server.takeRequest().getUrl().encodedPath())
        .isEqualTo("/client/v4/user/tokens/verify");
    assertThat(server.takeRequest().getUrl().encodedPath())
        .isEqualTo("/client/v4/accounts/acc/tokens/verify");
  }

  @Test
  void verifyToken_whereThereAreNoAccounts_isRefusedWithoutAsking() {
    try (KvNamespaces namespaces =
        namespaces("/cdn-cgi/local/explorer/api/storage/kv/namespaces")) {
      assertThatThrownBy(namespaces::verifyUserToken)
          .isInstanceOf(KvException.Rejected.class)
          .hasMessageContaining("does not end in /accounts/ID/storage/kv/namespaces");
    }
    assertThat(server.getRequestCount()).isZero();
  }

  private KvNamespaces namespaces(String path) {
    KvConfig config =
        KvConfig.of(URI.create(server.url(path).toString()), "none", ApiToken.of("t0k3n"));
    return new KvNamespaces(config, RequestBudget.unlimited(), KvListener.NONE);
  }

  private void page(int from, int to, int total) {
    String result =
        IntStream.range(from, to)
            .mapToObj(i -> "{\"id\":\"id-%d\",\"title\":\"title-%d\"}".formatted(i, i))
            .collect(Collectors.joining(","));
    server.enqueue(
        new MockResponse.Builder()
            .body(
                "{\"success\":true,\"result\":[%s],\"result_info\":{\"total_count\":%d}}"
                    .formatted(result, total))
            .build());
  }
}
