package dev.forebay.kv.overhead;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the client costs, measured in processes of its own. */
@Tag("long")
class OverheadIT {

  @TempDir private Path directory;

  @Test
  void bulkWrite_costsLittleMoreCpuThanTheSameByHand() throws Exception {
    try (SinkServer server = new SinkServer()) {
      String[] rounds = run("256m", CpuRun.class, server).split(" ", -1);
      double client = Double.parseDouble(rounds[0]);
      double byHand = Double.parseDouble(rounds[1]);
      double bodyReady = Double.parseDouble(rounds[2]);
      System.out.printf(
          Locale.ROOT,
          "CPU per bulk write of 10,000 pairs of 1 KB: client %.1f ms, by hand %.1f ms (ratio %.2f),"
              + " by hand without making the body %.1f ms%n",
          client,
          byHand,
          client / byHand,
          bodyReady);
      assertThat(client / byHand).isLessThan(1.3);
    }
  }

  @Test
  void aMillionPairs_passThroughAHeapOf64Megabytes() throws Exception {
    try (SinkServer server = new SinkServer()) {
      assertThat(run("64m", HeapRun.class, server, "stream")).isEqualTo("1000000");
      assertThat(server.bytes()).isGreaterThan(1_000_000_000L);
    }
  }

  @Test
  void aRequestOfNearlyAHundredMegabytes_isNotHeldTwice() throws Exception {
    try (SinkServer server = new SinkServer()) {
      assertThat(run("180m", HeapRun.class, server, "collection")).isEqualTo("4");
      assertThat(server.requests()).isEqualTo(1);
    }
  }

  private String run(String heap, Class<?> main, SinkServer server, String... more)
      throws IOException, InterruptedException {
    Path out = directory.resolve("out.txt");
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-Xmx" + heap, "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(main.getName(), server.url().toString()));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    process.destroyForcibly();
    String said = Files.readString(out).strip();
    assertThat(ended && process.exitValue() == 0).as(said).isTrue();
    return said.lines().reduce((first, last) -> last).orElse("");
  }
}
