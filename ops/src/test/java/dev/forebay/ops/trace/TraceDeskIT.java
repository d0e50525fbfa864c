package dev.forebay.ops.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Instance;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator is told of a request. */
class TraceDeskIT {

  private static final Instance PREVIEW = new Instance("preview");

  private static EmbeddedPostgres postgres;
  private static TraceDesk desk;

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.builder().start();
    DataSource database = postgres.getPostgresDatabase();
    LedgerSchema.migrate(database, PREVIEW);
    desk = new TraceDesk(Ledger.open(database, PREVIEW), PREVIEW);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          set search_path = forebay_preview;
          insert into audit (principal, request_id, traceparent, xid, operations, touched) values
            ('ada', 'r-1', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 20,
             '[{"op": "patch", "resource": "reading", "key": ["7", "2026-01-01"]}]',
             '{"documents": ["preview.article:a", "preview.article:b", "preview.article:c"], "models": ["tag"]}'),
            ('bob', 'r-2', null, 21, '[{"op": "delete", "resource": "tag", "key": ["1"]}]', null);
          insert into document (kv_key, model, key_values, hash, bytes, snapshot) values
            ('article:a', 'article', '{a}', 'h', 1, '21:21:'),
            ('article:b', 'article', '{b}', 'h', 1, '19:22:20')\
          """);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @Test
  void request_isFollowedToItsDocuments() {
    List<Trace> traces = desk.find("r-1");

    assertThat(TraceReport.table(traces, Optional.empty()).lines().skip(1))
        .containsExactly(
            "principal  ada",
            "trace      00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "xid        20",
            "did        patch reading 7/2026-01-01",
            "touched    preview.article:a  settled",
            "           preview.article:b  pending",
            "           preview.article:c  not in KV: deleted, or not written yet",
            "models     tag: any document");
    assertThat(TraceReport.json(traces))
        .contains("{\"key\":\"preview.article:b\",\"state\":\"pending\"}");
  }

  @Test
  void request_withoutTokens_showsTheRest() {
    assertThat(TraceReport.table(desk.find("r-2"), Optional.empty()))
        .contains("did        delete tag 1", "touched    not asked");
    assertThat(desk.find("r-3")).isEmpty();
  }
}
