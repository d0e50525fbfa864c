package dev.forebay.api.limit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Whom an address counts for: with IPv6 one client has as many addresses as it likes. */
public final class ClientNetwork {

  private static final int NETWORK_BYTES = 8;
  private static final int IPV4_BYTES = 4;

  private ClientNetwork() {}

  /** The /64 of an IPv6 address; anything else as it is. Nobody is asked for a name. */
  public static String of(String address) {
    if (!address.contains(":")) {
      return address;
    }
    try {
      // A text with a colon is no name: nobody is asked.
      byte[] bytes = InetAddress.getByName(address).getAddress();
      return bytes.length == IPV4_BYTES ? address : prefix(bytes).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      return address;
    }
  }

  private static InetAddress prefix(byte[] address) throws UnknownHostException {
    return InetAddress.getByAddress(
        Arrays.copyOf(Arrays.copyOf(address, NETWORK_BYTES), address.length));
  }
}
