package dev.forebay.ops.bench;

import java.io.BufferedInputStream;
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
    InputStream in = new BufferedInputStream(socket.getInputStream());
    return new Client() {
      @Override
      public void once(int number) throws IOException {
        socket.getOutputStream().write(request(head.apply(number), body.apply(number), headers));
        readAnswer(in);
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

  private static void readAnswer(InputStream in) throws IOException {
    String line = line(in);
    if (!line.startsWith("HTTP/1.1 2")) {
      throw new IOException("answered " + line);
    }
    int length = 0;
    while (!line.isEmpty()) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
      line = line(in);
    }
    in.skipNBytes(length);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
