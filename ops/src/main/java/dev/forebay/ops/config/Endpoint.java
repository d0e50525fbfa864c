package dev.forebay.ops.config;

/**
 * Where a server listens.
 *
 * @param host a name or an address of this machine
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {

  /** Returns the address as a URL for people and clients on this machine. */
  public String url() {
    String reachable = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    return "http://" + (reachable.contains(":") ? "[" + reachable + "]" : reachable) + ":" + port;
  }
}
