package dev.forebay.worker.capture;

/**
 * Where the log is read from: the primary itself, not a pooler.
 *
 * @param host name or address
 * @param port TCP port
 * @param database its name
 * @param user a role with REPLICATION
 * @param password never printed
 * @param sslMode as libpq calls it: {@code disable}, {@code prefer}, {@code require}, {@code
 *     verify-ca} or {@code verify-full}
 */
public record DatabaseAddress(
    String host, int port, String database, String user, String password, String sslMode) {

  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + database;
  }
}
