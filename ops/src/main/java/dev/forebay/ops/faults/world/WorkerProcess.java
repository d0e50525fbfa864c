package dev.forebay.ops.faults.world;

import dev.forebay.ops.admin.AdminClient;
import dev.forebay.ops.admin.StatusReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One {@code forebay sync}, seen from outside. Safe for any thread. */
public final class WorkerProcess implements AutoCloseable {

  private static final long DEATH_SECONDS = 20;

  private final Process process;
  private final AdminClient admin;

  private WorkerProcess(Process process, int adminPort) {
    this.process = process;
    this.admin =
        new AdminClient(URI.create("http://127.0.0.1:" + adminPort), Duration.ofSeconds(2));
  }

  /**
   * Starts a worker.
   *
   * @param environment all of its FOREBAY_ variables but the admin port
   * @param log to which what it says is appended
   */
  static WorkerProcess start(Map<String, String> environment, int adminPort, Path log)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.forebay.ops.Forebay",
            "sync");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("FOREBAY_"));
    builder.environment().putAll(environment);
    builder.environment().put("FOREBAY_ADMIN_PORT", Integer.toString(adminPort));
    return new WorkerProcess(builder.start(), adminPort);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** How it ended; it must have. */
  int exitCode() {
    return process.exitValue();
  }

  /** What it says of itself; empty if it does not answer. */
  public Optional<StatusReport> status() throws InterruptedException {
    if (!process.isAlive()) {
      return Optional.empty();
    }
    try {
      return Optional.of(AdminClient.parse(admin.statusJson()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Ends it as kill -9 does; it is gone when this returns. */
  public void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(DEATH_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a worker survives being killed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks it to end. */
  public void terminate() {
    process.destroy();
  }

  /** Stops it in its tracks, or lets it go on. */
  public void pause(boolean paused) throws IOException, InterruptedException {
    Signals.send(process.pid(), paused ? "STOP" : "CONT");
  }

  /** Whether it has ended within the time. */
  public boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  @Override
  public void close() {
    kill();
    admin.close();
  }
}
