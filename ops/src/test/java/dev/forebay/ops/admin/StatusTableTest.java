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
          0.42,
          new StatusReport.Slot("forebay", true, "0/1A2B3C", 3L * 1024 * 1024),
          2,
          1,
          0L,
          "ok",
          new StatusReport.Spend(12_345L, 100_000L, 310_000L, 20L, 1_900_000L, 4.5),
          7,
          List.of(
              new StatusReport.Model("article", 12L, 4_000, null),
              new StatusReport.Model(
                  "tag", 1L, 0, new StatusReport.Resync("new model", 0, null, null, null)),
              new StatusReport.Model(
                  "note",
                  12_000L,
                  0,
                  new StatusReport.Resync("slot lost", 12_000, 1_000_000L, 4_100.4, 241L))),
          new StatusReport.Verified(STARTED, 5_400, 12_013, 3, 2));

  @Test
  void render_healthyWorker() {
    StatusReport report =
        new StatusReport(
            "sync",
            "forebay",
            STARTED,
            List.of(new Check.Result("database", null)),
            new StatusReport.Lease("leader", 7L, "41@alpha"),
            SYNC);

    assertThat(StatusTable.render(report))
        .isEqualTo(
            """
            sync           ready, instance forebay, up since 2026-11-23T10:00:00Z
            role           leader, term 7
            sync lag       0.4 s
            slot           forebay streaming, confirmed 0/1A2B3C, retains 3.0 MiB
            dirty          1 document
            in flight      2 transactions
            dead letters   0 documents
            kv             ok
            writes         12,345 today of 100,000, 310,000 this month, about 1,900,000 by its end: $4.50 at list price
            verified       12,013 documents in 90 min until 2026-11-23T10:00:00Z: 3 WRONG, 2 written again
            model article  12 documents, 4,000 WAIT for the day's writes
            model tag      1 document, resync (new model): not begun
            model note     12000 documents, resync (slot lost): 12,000 of 1,000,000, 4,100/s, 5 min left
            """);
  }

  @Test
  void render_databaseDown_saysWhatIsUnknown() {
    StatusReport.Sync sync =
        new StatusReport.Sync(
            75.04,
            new StatusReport.Slot("forebay", false, null, null),
            0,
            0,
            null,
            "no request yet",
            null,
            1,
            List.of(new StatusReport.Model("tag", null, 0, null)),
            null);
    StatusReport report = new StatusReport("sync", "forebay", STARTED, List.of(), null, sync);

    assertThat(StatusTable.render(report))
        .contains(
            "sync lag      75.0 s\n",
            "slot          forebay NOT BEING READ\n",
            "dead letters  unknown\n",
            "model tag     unknown\n");
  }

  @Test
  void render_standby_namesTheLeader() {
    StatusReport.Lease lease = new StatusReport.Lease("standby", 7L, "41@alpha");
    StatusReport.Lease unknown = new StatusReport.Lease("standby", null, null);

    assertThat(StatusTable.render(standby(lease)))
        .isEqualTo(
            """
            sync  ready, instance forebay, up since 2026-11-23T10:00:00Z
            role  standby, term 7 held by 41@alpha
            """);
    assertThat(StatusTable.render(standby(unknown))).endsWith("role  standby\n");
  }

  private static StatusReport standby(StatusReport.Lease lease) {
    return new StatusReport("sync", "forebay", STARTED, List.of(), lease, null);
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
            null,
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
            "dev",
            "forebay",
            STARTED,
            List.of(new Check.Result("kv", "HTTP 500")),
            new StatusReport.Lease("leader", 7L, "41@alpha"),
            SYNC);

    String json = StatusJson.write(report);

    assertThat(AdminClient.parse(json)).isEqualTo(report);
    assertThat(json).contains("\"ready\" : false", "\"syncLagSeconds\" : 0.42");
  }
}
