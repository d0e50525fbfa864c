package dev.forebay.ops.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphansTest {

  @TempDir Path directory;

  @Test
  void end_rememberedTree_isGoneWithItsChildren() throws Exception {
    Process parent = new ProcessBuilder("sh", "-c", "sleep 60 & wait").start();
    List<ProcessHandle> children = awaitChildren(parent);
    Orphans orphans = new Orphans(directory.resolve("processes"));
    orphans.remember(ProcessTree.of(parent.toHandle()));

    assertThat(new Orphans(directory.resolve("processes")).end()).isEqualTo(2);

    assertThat(parent.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    assertThat(orphans.end()).isZero();
  }

  @Test
  void end_pidThatNowBelongsToAnother_isLeftAlone() throws Exception {
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      long start = other.info().startInstant().orElseThrow().toEpochMilli();
      Files.writeString(
          directory.resolve("processes"), other.pid() + " " + (start - 60_000) + "\n");

      assertThat(new Orphans(directory.resolve("processes")).end()).isZero();
      assertThat(other.isAlive()).isTrue();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void stop_processThatIgnoresTheSignal_isKilled() throws IOException {
    Process stubborn = new ProcessBuilder("sh", "-c", "trap '' TERM; sleep 60 & wait").start();
    awaitChildren(stubborn);

    ProcessTree.of(stubborn.toHandle()).stop(Duration.ofMillis(200));

    assertThat(stubborn.isAlive()).isFalse();
  }

  private static List<ProcessHandle> awaitChildren(Process parent) {
    await().atMost(Duration.ofSeconds(5)).until(() -> parent.children().findAny().isPresent());
    return parent.children().toList();
  }
}
