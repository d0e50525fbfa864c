package dev.forebay.ops.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class DevPortTest {

  @Test
  void problems_busyPort_namesThePortAndTheFlag() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int busy = other.getLocalPort();

      assertThat(DevPort.problems(List.of(new DevPort("api", "--api-port", busy))))
          .singleElement()
          .hasToString(
              "port "
                  + busy
                  + ": is in use by another process. Choose another for api with --api-port PORT.");
    }
  }

  @Test
  void problems_listenerOnAllAddresses_isBusyToo() throws IOException {
    try (ServerSocket other = new ServerSocket(0)) {
      assertThat(DevPort.problems(List.of(new DevPort("api", "--api-port", other.getLocalPort()))))
          .hasSize(1);
    }
  }

  @Test
  void problems_freePort_none() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }

    assertThat(DevPort.problems(List.of(new DevPort("site", "--site-port", free)))).isEmpty();
  }

  @Test
  void problems_samePortTwiceOrOutOfRange_areNamed() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }

    assertThat(
            DevPort.problems(
                List.of(
                    new DevPort("api", "--api-port", free),
                    new DevPort("admin", "--admin-port", free),
                    new DevPort("site", "--site-port", 0))))
        .extracting(Object::toString)
        .containsExactly(
            "port "
                + free
                + ": is the api port too. Choose another for admin with --admin-port PORT.",
            "port 0: is not a port: 1 to 65535. Choose another for site with --site-port PORT.");
  }
}
