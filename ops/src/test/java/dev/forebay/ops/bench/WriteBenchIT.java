package dev.forebay.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** That it measures what it says; what it measures, on a busy machine, means nothing. */
class WriteBenchIT {

  @Test
  void run_comparesEverything() throws Exception {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);

    boolean kept = new WriteBench(1, Duration.ofMillis(300), out).run();

    out.flush();
    assertThat(text.toString())
        .contains("insert   API", "patch    API", "1,000    API", "minimal  API", "crowd    API");
    assertThat(text.toString().lines().filter(line -> line.contains("wanted at"))).hasSize(6);
    assertThat(text.toString().contains("NOT KEPT")).isEqualTo(!kept);
  }
}
