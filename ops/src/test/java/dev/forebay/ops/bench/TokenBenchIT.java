package dev.forebay.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** That it measures what it says; what it measures, on a busy machine, means nothing. */
class TokenBenchIT {

  @Test
  void run_comparesWithAndWithout() throws Exception {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);

    boolean kept = new TokenBench(Path.of("example"), 1, Duration.ofMillis(300), out).run();

    out.flush();
    assertThat(text.toString())
        .contains("1 on     API", "16 on    API", "1 off    API", "16 off   API");
    assertThat(text.toString().lines().filter(line -> line.contains("wanted at"))).hasSize(4);
    assertThat(text.toString().contains("NOT KEPT")).isEqualTo(!kept);
  }
}
