package dev.forebay.ops.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file of child processes, by pid and start time, for the case that this process is killed and
 * cannot end them itself: the next one on the same directory does. Safe for any thread.
 */
final class Orphans {

  private static final Duration GRACE = Duration.ofSeconds(5);
  // Start times come from a clock that counts in hundredths of a second.
  private static final Duration SAME = Duration.ofSeconds(1);

  private final Path file;

  Orphans(Path file) {
    this.file = file;
  }

  /** Remembers these processes instead of any before. */
  synchronized void remember(ProcessTree tree) throws IOException {
    List<String> lines = new ArrayList<>();
    for (ProcessHandle process : tree.processes()) {
      Optional<Instant> start = process.info().startInstant();
      start.ifPresent(instant -> lines.add(process.pid() + " " + instant.toEpochMilli()));
    }
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.write(next, lines);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Ends the remembered processes that still run, and forgets them.
   *
   * @return how many there were
   */
  synchronized int end() throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    List<ProcessHandle> living = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      find(line).ifPresent(living::add);
    }
    for (ProcessHandle process : living) {
      ProcessTree.of(process).stop(GRACE);
    }
    Files.delete(file);
    return living.size();
  }

  /** Finds the process of a line, unless its pid has passed to another since. */
  private static Optional<ProcessHandle> find(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 2) {
      return Optional.empty();
    }
    Instant start = Instant.ofEpochMilli(Long.parseLong(words[1]));
    return ProcessHandle.of(Long.parseLong(words[0]))
        .filter(ProcessHandle::isAlive)
        .filter(process -> startedAt(process, start));
  }

  private static boolean startedAt(ProcessHandle process, Instant start) {
    return process
        .info()
        .startInstant()
        .filter(actual -> Duration.between(actual, start).abs().compareTo(SAME) < 0)
        .isPresent();
  }
}
