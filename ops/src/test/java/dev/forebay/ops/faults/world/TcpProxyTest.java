package dev.forebay.ops.faults.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.ops.faults.world.TcpProxy.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {

  private final AtomicInteger heard = new AtomicInteger();
  private ServerSocket server;
  private TcpProxy proxy;

  /** A server that says back each byte. */
  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::serve);
    proxy = new TcpProxy("test", "127.0.0.1", server.getLocalPort());
  }

  private void serve() {
    try {
      while (true) {
        Socket client = server.accept();
        Thread.ofPlatform().daemon().start(() -> echo(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void echo(Socket client) {
    try (client) {
      int read = client.getInputStream().read();
      while (read >= 0) {
        heard.incrementAndGet();
        client.getOutputStream().write(read);
        read = client.getInputStream().read();
      }
    } catch (IOException e) {
      // Gone.
    }
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(300);
    return socket;
  }

  private static int ask(Socket socket) throws IOException {
    socket.getOutputStream().write(7);
    return socket.getInputStream().read();
  }

  private void assertCarries() throws IOException {
    try (Socket socket = connect()) {
      assertThat(ask(socket)).isEqualTo(7);
    }
  }

  @Test
  void open_carriesBothWays() throws IOException {
    assertCarries();
  }

  @Test
  void cut_endsConnectionsAndRefusesNewOnes() throws IOException {
    try (Socket socket = connect()) {
      ask(socket);
      proxy.set(Mode.CUT);
      assertThatThrownBy(() -> ended(ask(socket))).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(
            () -> {
              try (Socket socket = connect()) {
                ended(ask(socket));
              }
            })
        .isInstanceOf(IOException.class);
    proxy.set(Mode.OPEN);
    assertCarries();
  }

  private static void ended(int read) throws IOException {
    if (read < 0) {
      throw new IOException("the end of the stream");
    }
  }

  @Test
  void halfOpen_acceptsAndCarriesNothing_healedItEndsWhatStoodStill() throws IOException {
    proxy.set(Mode.HALF_OPEN);
    try (Socket socket = connect()) {
      assertThatThrownBy(() -> ask(socket)).isInstanceOf(SocketTimeoutException.class);
      proxy.set(Mode.OPEN);
      assertThatThrownBy(() -> ended(socket.getInputStream().read()))
          .isInstanceOfAny(SocketException.class, IOException.class);
    }
    assertThat(heard).hasValue(0);
    assertCarries();
  }

  @Test
  void noAnswers_serverHearsAndTheClientDoesNot() throws IOException {
    proxy.set(Mode.NO_ANSWERS);
    try (Socket socket = connect()) {
      assertThatThrownBy(() -> ask(socket)).isInstanceOf(SocketTimeoutException.class);
    }
    assertThat(heard).hasValue(1);
  }

  @Test
  void forgotten_standsForEverWhileNewConnectionsWork() throws IOException {
    try (Socket old = connect()) {
      ask(old);
      proxy.forgetConnections();
      assertThatThrownBy(() -> ask(old)).isInstanceOf(SocketTimeoutException.class);
      assertCarries();
      assertThatThrownBy(() -> old.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
  }
}
