package dev.forebay.api.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Instance;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What is past its time goes; what somebody may still ask for stays. */
class RetentionIT {

  @Test
  void run_deletesWhatIsPastItsTime() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
      DataSource database = postgres.getPostgresDatabase();
      LedgerSchema.migrate(database, Instance.DEFAULT);
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement();
          Retention retention = new Retention(database, Instance.DEFAULT)) {
        statement.execute(
            """
            insert into forebay.idempotency (principal, key, fingerprint, status, headers, created_at)
            select 'p', i, 'f', 200, '{}', now() - i * interval '1 hour' from generate_series(1, 30) i;
            insert into forebay.audit (principal, request_id, operations, xid, at)
            select 'p', i, '[]', i, now() - i * interval '1 day' + interval '1 hour'
            from generate_series(1, 100) i\
            """);
        statement.execute("begin");
        statement.execute("select from forebay.idempotency where key = '30' for update");

        assertThat(retention.run()).as("all but the locked one").isEqualTo(6 + 10);
        statement.execute("commit");
        assertThat(retention.run()).isEqualTo(1);
        assertThat(retention.run()).isZero();

        try (ResultSet row =
            statement.executeQuery(
                "select (select max(key::int) from forebay.idempotency),"
                    + " (select max(request_id::int) from forebay.audit)")) {
          row.next();
          assertThat(row.getInt(1)).isEqualTo(23);
          assertThat(row.getInt(2)).isEqualTo(90);
        }
      }
    }
  }
}
