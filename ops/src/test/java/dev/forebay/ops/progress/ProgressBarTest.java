package dev.forebay.ops.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

  private final StringWriter text = new StringWriter();
  private long seconds;

  private ProgressBar progress(boolean bar) {
    return new ProgressBar(new PrintWriter(text), bar, () -> seconds * 1_000_000_000L);
  }

  @Test
  void progress_shortWork_saysNothing() {
    ProgressBar progress = progress(false);
    progress.expect(10);
    progress.model("article");
    seconds = 4;
    progress.advance(10);
    progress.end();

    assertThat(text.toString()).isEmpty();
  }

  @Test
  void progress_notOnATerminal_saysALineEveryFiveSeconds() {
    ProgressBar progress = progress(false);
    progress.expect(100_000);
    progress.model("article");
    for (seconds = 1; seconds <= 10; seconds++) {
      progress.advance(5_000);
    }
    progress.end();

    assertThat(text.toString().lines())
        .containsExactly(
            "forebay: 25 %, 5,000 documents/s, 15 s left, article",
            "forebay: 50 %, 5,000 documents/s, 10 s left, article");
  }

  @Test
  void progress_onATerminal_drawsOneLineAndWipesIt() {
    ProgressBar progress = progress(true);
    progress.expect(100);
    progress.model("article");
    seconds = 1;
    progress.advance(50);
    progress.end();

    String line =
        "[" + "#".repeat(15) + ".".repeat(15) + "] 50 %, 50 documents/s, 1 s left, article";
    assertThat(text.toString()).isEqualTo("\r" + line + "\r" + " ".repeat(line.length()) + "\r");
  }
}
