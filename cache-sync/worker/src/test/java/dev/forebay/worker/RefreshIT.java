package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents that time changes, without any event. */
@NullUnmarked
class RefreshIT extends WorkerFixture {

  @BeforeEach
  void declare() throws SQLException, IOException {
    harness.execute(
        "create table show (id int primary key, opens timestamptz, closes timestamptz)");
    harness.declare(
        """
        show:
          from: show
          key: "{id}"
          where: opens <= now() and closes > now()
          fields: [id]
          refresh: 1s
        """);
  }

  @Test
  void documents_appearAndVanishByTime_andOthersAreNotWrittenAgain() throws SQLException {
    harness.execute("insert into show values (1, '-infinity', 'infinity')");
    harness.start();
    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("show:1"));
    assertThat(harness.stored()).containsOnlyKeys("show:1");

    harness.execute(
        "insert into show values (2, now() + interval '4 s', now() + interval '8 s'),"
            + " (3, now() + interval '1 h', 'infinity')");

    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("show:2"));
    await().atMost(Harness.LIMIT).until(() -> !harness.stored().containsKey("show:2"));
    assertThat(harness.stored()).containsOnlyKeys("show:1");
    assertThat(harness.changes()).containsExactly("show:1", "show:2", "show:2");
  }
}
