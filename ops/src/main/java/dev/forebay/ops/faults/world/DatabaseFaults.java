package dev.forebay.ops.faults.world;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** The ways in which PostgreSQL fails, and the network before it. For one thread. */
public final class DatabaseFaults {

  private static final int TRIES = 200;

  private final World world;
  private final String slot = "'" + World.INSTANCE.databaseName() + "'";

  /** For that world. */
  public DatabaseFaults(World world) {
    this.world = world;
  }

  /** Ends the server at once, and starts it again. Returns whether it came about, as all do. */
  public boolean crash() throws IOException, InterruptedException {
    if (!world.canCrash()) {
      return false;
    }
    world.crash();
    return true;
  }

  /** Ends the connection through which a worker reads the log. */
  public boolean terminateWalsender() throws SQLException {
    return world
        .query(
            "select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = "
                + slot)
        .equals("t");
  }

  /** Drops the slot under a worker that holds it. */
  public boolean dropSlot() throws SQLException, InterruptedException {
    try (Connection connection = world.connect();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < TRIES; i++) {
        try {
          statement.execute(
              "select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = "
                  + slot);
          statement.execute("select pg_drop_replication_slot(" + slot + ")");
          return true;
        } catch (SQLException e) {
          // In use again already, or not there.
          Thread.sleep(Duration.ofMillis(5));
        }
      }
    }
    return false;
  }

  /** A router restarts: connections are dead and nobody is told, new ones work. */
  public boolean forgetConnections() {
    world.databaseNetwork().forgetConnections();
    return true;
  }

  /** The network is so for a while. */
  public boolean network(TcpProxy.Mode mode, Duration time) throws InterruptedException {
    world.databaseNetwork().set(mode);
    Thread.sleep(time);
    world.databaseNetwork().set(TcpProxy.Mode.OPEN);
    return true;
  }
}
