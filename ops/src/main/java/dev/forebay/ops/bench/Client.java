package dev.forebay.ops.bench;

import java.io.IOException;
import java.sql.SQLException;

/** One client of a turn; belongs to one thread. */
interface Client extends AutoCloseable {

  /**
   * Does one piece of work and waits until it is done.
   *
   * @param number of the piece, counted from 0
   */
  void once(int number) throws IOException, SQLException;

  @Override
  default void close() throws IOException, SQLException {}

  /** Makes the clients of a turn. */
  interface Factory {
    Client open(int client) throws IOException, SQLException;
  }
}
