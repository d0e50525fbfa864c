package dev.forebay.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** That it measures what it says; what it measures, on a busy machine, means nothing. */
class OriginBenchIT {

  @Test
  void run_comparesBoth_andAsksThePostgresNothing() throws Exception {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);

    boolean kept = new OriginBench(1, Duration.ofMillis(300), out).run();

    out.flush();
    assertThat(text.toString()).contains("origin   API", "queries: 0, wanted 0");
    assertThat(text.toString().contains("NOT KEPT")).isEqualTo(!kept);
  }
}
