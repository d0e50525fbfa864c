package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the server does with requests that are too large or no HTTP at all. */
class LimitsIT {

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
