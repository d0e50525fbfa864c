package dev.forebay.ops.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/**
 * Clients that send as little as HTTP allows and keep their connection, because a client that does
 * more would take its time from the server on the same machine.
 *
 * @param port of the API
 * @param key of the API
 */
record HttpClients(int port, String key) {

  private static final int HEAD_BYTES = 16 << 10;
  private static final String LENGTH = "\r\nContent-Length: ";

  /**
   * Sends requests with bodies.
   *
   * @param head for example {@code POST /v1/author}, by the number of the piece
   * @param body JSON in ASCII, by the number of the piece
   * @param headers of every request, each with its line end
   */
  Client open(IntFunction<String> head, IntFunction<String> body, String headers)
      throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[HEAD_BYTES];
    return new Client() {
      @Override
      public void once(int number) throws IOException {
        socket.getOutputStream().write(request(head.apply(number), body.apply(number), headers));
        readAnswer(in, buffer);
      }

      @Override
      public void close() throws IOException {
        socket.close();
      }
    };
  }

  byte[] request(String head, String body, String headers) {
    String request =
        head
            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + key
            + "\r\nContent-Type: application/json\r\n"
            + headers
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    return request.getBytes(StandardCharsets.US_ASCII);
  }

  /** Looks at no more than it must: the status, and how long the body is. */
  private static void readAnswer(InputStream in, byte[] buffer) throws IOException {
    int arrived = 0;
    int end = -1;
    while (end < 0) {
      int more = in.read(buffer, arrived, buffer.length - arrived);
      if (more <= 0) {
        throw new IOException("the server closed the connection, or its answer has a long head");
      }
      arrived += more;
      end = endOfHead(buffer, arrived);
    }
    String head = new String(buffer, 0, end, StandardCharsets.ISO_8859_1);
    if (!head.startsWith("HTTP/1.1 2")) {
      throw new IOException("answered " + head.lines().findFirst().orElse(""));
    }
    int at = head.indexOf(LENGTH);
    int length =
        at < 0
            ? 0
            : Integer.parseInt(
                head.substring(at + LENGTH.length(), head.indexOf('\r', at + LENGTH.length())));
    in.skipNBytes(Math.max(0, end + length - arrived));
  }

  /** Where the body begins, or -1 if that has not arrived. */
  private static int endOfHead(byte[] buffer, int arrived) {
    for (int i = 3; i < arrived; i++) {
      if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }
}
