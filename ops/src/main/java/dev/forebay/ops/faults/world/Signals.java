package dev.forebay.ops.faults.world;

import java.io.IOException;

/** Signals that Java does not know. */
final class Signals {

  private Signals() {}

  /**
   * Sends a signal to one process; one that has gone gets none.
   *
   * @param name without SIG
   */
  static void send(long pid, String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
