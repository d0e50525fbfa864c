package dev.forebay.ops.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTableTest {

  private static final Instant STARTED = Instant.parse("2026-11-23T10:00:00Z");
  private static final StatusReport.Sync SYNC =
      new StatusReport.Sync(
          "leader",
          0.42,
          new StatusReport.Slot("forebay", "streaming", 3L * 1024 * 1024),
          1,
          0,
          "ok",
          List.of(
              new StatusReport.Model("article", 12, "live"),
              new StatusReport.Model("tag", 1, "backfill")));

  @Test
  void render_healthyWorker() {
    StatusReport report =
        new StatusReport(
            "sync", "forebay", STARTED, List.of(new Check.Result("database", null)), SYNC);

    assertThat(StatusTable.render(report))
        .isEqualTo(
            """
            sync           ready, instance forebay, up since 2026-11-23T10:00:00Z
            sync lag       0.4 s, leader
            slot           forebay streaming, retains 3.0 MiB
            dirty          1 document
            dead letters   0 documents
            kv             ok
            model article  12 documents, live
            model tag      1 document, backfill
            """);
  }

  @Test
  void render_notReady_namesTheCheckAndItsReason() {
    StatusReport report =
        new StatusReport(
            "api",
            "forebay",
            STARTED,
            List.of(
                new Check.Result("database", "connection refused"), new Check.Result("kv", null)),
            null);

    assertThat(StatusTable.render(report))
        .isEqualTo(
            """
            api         NOT READY, instance forebay, up since 2026-11-23T10:00:00Z
              database  connection refused
            """);
  }

  @Test
  void json_readsBackWhatItWrote() throws IOException {
    StatusReport report =
        new StatusReport(
            "dev", "forebay", STARTED, List.of(new Check.Result("kv", "HTTP 500")), SYNC);

    String json = StatusJson.write(report);

    assertThat(AdminClient.parse(json)).isEqualTo(report);
    assertThat(json).contains("\"ready\" : false", "\"syncLagSeconds\" : 0.42");
  }
}
