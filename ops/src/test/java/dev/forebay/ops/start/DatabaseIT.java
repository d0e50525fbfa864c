package dev.forebay.ops.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Secret;
import dev.forebay.ops.faults.world.TcpProxy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DatabaseIT {

  /** Nobody is told that the connection is dead; without a limit the thread would wait for ever. */
  @Test
  void connectionThatTheNetworkForgot_failsInTimeAndTheNextOneWorks() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        TcpProxy network = new TcpProxy("database", "127.0.0.1", postgres.getPort());
        HikariDataSource pool =
            new Database(config(network.port())).pool("test", Duration.ofSeconds(1))) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        network.forgetConnections();
        assertThatThrownBy(() -> statement.execute("select 1"))
            .isInstanceOf(SQLException.class)
            .hasRootCauseInstanceOf(SocketTimeoutException.class);
      }
      try (Connection connection = pool.getConnection()) {
        assertThat(connection.isValid(1)).isTrue();
      }
    }
  }

  private static DatabaseConfig config(int port) {
    return new DatabaseConfig(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
        "127.0.0.1",
        port,
        "postgres",
        "postgres",
        new Secret(""),
        "disable",
        2);
  }
}
