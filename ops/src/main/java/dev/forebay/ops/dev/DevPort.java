package dev.forebay.ops.dev;

import dev.forebay.model.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A port that development mode needs on the loopback interface.
 *
 * @param name what will listen there
 * @param flag that chooses another
 * @param number 1 to 65535
 */
record DevPort(String name, String flag, int number) {

  private static final int CONNECT_MILLIS = 500;

  /** Returns one problem for each port that is out of range, given twice or busy. */
  static List<Problem> problems(List<DevPort> ports) {
    List<Problem> problems = new ArrayList<>();
    Map<Integer, DevPort> taken = new HashMap<>();
    for (DevPort port : ports) {
      DevPort other = taken.putIfAbsent(port.number, port);
      if (port.number < 1 || port.number > 65_535) {
        problems.add(port.problem("is not a port: 1 to 65535."));
      } else if (other != null) {
        problems.add(port.problem("is the " + other.name + " port too."));
      } else if (port.isBusy()) {
        problems.add(port.problem("is in use by another process."));
      }
    }
    return problems;
  }

  private Problem problem(String what) {
    return new Problem(
        "port " + number, what, "Choose another for " + name + " with " + flag + " PORT.");
  }

  /** Connects first: where an address may be bound twice, binding alone would not tell. */
  private boolean isBusy() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(loopback, number), CONNECT_MILLIS);
      return true;
    } catch (IOException nobodyListens) {
      return !canBind(loopback);
    }
  }

  private boolean canBind(InetAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address, number));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
