package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.forebay.model.Instance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server does with requests that are too large or no HTTP at all. */
class LimitsIT {

  private static final int TEN_MEGABYTES = 10 << 20;
  private static final int REFUSALS = 20;
  private static final byte[] PART = new byte[64 << 10];

  private static TestApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void body_tooLargeIsRefusedBeforeItIsRead() throws Exception {
    // Nothing of the body is ever sent: only its length is announced.
    String answer = raw("POST /v1/author", "Content-Length: 10485760", "");

    assertThat(answer).startsWith("HTTP/1.1 413").contains("urn:forebay:problem:content-too-large");
    assertThat(answer).containsIgnoringCase("Connection: close");
  }

  @Test
  void body_tooLargeWithoutLength() throws Exception {
    // One chunk of two megabytes is announced; one byte more than the limit is sent.
    String answer =
        raw(
            "POST /v1/author",
            "Transfer-Encoding: chunked",
            "200000\r\n" + "x".repeat((1 << 20) + 1));

    assertThat(answer).startsWith("HTTP/1.1 413");
  }

  @Test
  void body_atTheLimit() {
    String name = "x".repeat((1 << 20) - "{\"name\":\"\"}".length());

    assertThat(api.client.post("/v1/author", "{\"name\":\"" + name + "\"}").status())
        .isEqualTo(201);
    assertThat(api.client.post("/v1/author", "{\"name\":\"" + name + "x\"}").status())
        .isEqualTo(413);
  }

  /**
   * Ten megabytes are sent, in chunks as far as the server lets them come: what it allocates for
   * one such request is a small multiple of what it accepts, and next to nothing if it was told.
   */
  @Test
  void body_tooLargeCausesNoSpike() throws Exception {
    long chunked = bytesAllocated("Transfer-Encoding: chunked", true);
    long announced = bytesAllocated("Content-Length: " + TEN_MEGABYTES, false);

    System.out.printf(
        "allocated for 10 MB refused: %,d bytes chunked, %,d announced%n", chunked, announced);
    assertThat(chunked).isLessThan(4L << 20);
    assertThat(announced).isLessThan(256L << 10);
  }

  /** What the whole process allocates for one request, on average. */
  private static long bytesAllocated(String header, boolean chunked) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int i = 0; i < 2 * REFUSALS; i++) {
      if (i == REFUSALS) {
        before = threads.getTotalThreadAllocatedBytes();
      }
      try (RawClient client = new RawClient(api.server.port())) {
        client.send(
            RawClient.head(
                "POST /v1/author", api.client.key(), "Content-Type: application/json", header));
        if (chunked) {
          client.send(Integer.toHexString(TEN_MEGABYTES) + "\r\n");
        }
        int sent = sendAll(client);
        assertThat(sent).isLessThanOrEqualTo(TEN_MEGABYTES);
        assertThat(client.isClosed()).isTrue();
      }
    }
    return (threads.getTotalThreadAllocatedBytes() - before) / REFUSALS;
  }

  /** Sends until all is sent or the server will have no more. */
  private static int sendAll(RawClient client) {
    int sent = 0;
    try {
      while (sent < TEN_MEGABYTES) {
        client.send(PART);
        sent += PART.length;
      }
    } catch (IOException e) {
      // The server has closed the connection.
    }
    return sent;
  }

  @Test
  void handler_runsOnAVirtualThread() throws Exception {
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    DataSource watched =
        (DataSource)
            Proxy.newProxyInstance(
                LimitsIT.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                  threads.add(Thread.currentThread());
                  return method.invoke(api.pool, arguments);
                });
    ApiConfig config = ApiConfig.DEFAULT.at("127.0.0.1", 0);
    try (ApiServer server =
        new ApiServer(config, watched, TestApi.RESOURCES, api.keys, Instance.DEFAULT)) {
      server.start();
      threads.clear();
      assertThat(new TestClient(server.port(), api.client.key()).get("/v1/author").status())
          .isEqualTo(200);
    }
    assertThat(threads).isNotEmpty().allMatch(Thread::isVirtual);
  }

  @Test
  void request_thatIsNoHttp() throws Exception {
    assertThat(raw("POST /v1/author%", "Content-Length: 0", ""))
        .contains(" 400 ")
        .contains("urn:forebay:problem:malformed-request");
    assertThat(raw("GET /v1/author", "X-Long: " + "x".repeat(20_000), ""))
        .contains(" 431 ")
        .contains("urn:forebay:problem:headers-too-large");
    assertThat(raw("GET /v1/" + "x".repeat(20_000), "X-A: b", ""))
        .contains(" 414 ")
        .contains("urn:forebay:problem:uri-too-long");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/nobodys/../author",
        "/v1/author/..",
        "/v1/author/%2e%2e/author",
        "/v1//author",
        "/v1/author/",
        "/v1/author;x=y",
        "/v1/author/1;x=y",
        "/v1/author/1/2",
        "/v1/%61uthor",
        "/V1/author",
        "/v1/Author",
        "/v1/author/1%2F..%2F1",
        "/v1/author/\\1",
        "/v1/author/1%00",
        "*",
        "/",
        "/v1",
        "/v1/"
      })
  void target_thatIsNoRoute(String target) throws Exception {
    String answer = raw("GET " + target, "X-A: b", "");

    assertThat(answer).matches("(?s)HTTP/1.1 (400|403|404) .*");
    assertThat(answer).contains("urn:forebay:problem:");
  }

  /** Jetty forgets to close where it tries again with room for a longer head. */
  @Test
  void longKey_ofAClientThatCloses_isAnsweredAndClosed() throws Exception {
    for (int length : new int[] {7_000, 9_000}) {
      String path = "/v1/odd/" + "x".repeat(length) + "/" + length;
      String head =
          RawClient.head(
              "PUT " + path,
              api.client.key(),
              "Connection: close",
              "Content-Type: application/json",
              "Content-Length: 2");
      try (RawClient client = new RawClient(api.server.port())) {
        client.send(head + "{}");
        String answer = client.answer();
        assertThat(answer).startsWith("HTTP/1.1 201");
        assertThat(answer.contains("Location: " + path)).isEqualTo(length < 8_000);
        assertThat(client.isClosed()).isTrue();
      }
    }
  }

  @Test
  void target_inAbsoluteForm() throws Exception {
    assertThat(raw("GET http://localhost/v1/author/99", "X-A: b", ""))
        .contains("problem:not-found");
  }

  /** Sends a request by hand and returns everything until the server closes the connection. */
  private static String raw(String line, String header, String body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      String head =
          line
              + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Authorization: Bearer "
              + api.client.key()
              + "\r\n"
              + header
              + "\r\n\r\n";
      out.write((head + body).getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      StringBuilder answer = new StringBuilder();
      byte[] buffer = new byte[8192];
      int read = in.read(buffer);
      while (read > 0) {
        answer.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
        read = answer.toString().endsWith("}") ? 0 : in.read(buffer);
      }
      return answer.toString();
    }
  }
}
