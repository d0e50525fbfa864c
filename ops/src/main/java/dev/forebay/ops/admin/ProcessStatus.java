package dev.forebay.ops.admin;

import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts together what a process says about itself. Safe for any thread. */
public final class ProcessStatus {

  private final String process;
  private final String instance;
  private final Instant startedAt = Instant.now();
  private final List<Check> checks;
  private final Supplier<StatusReport.@Nullable Lease> lease;
  private final Supplier<StatusReport.@Nullable Sync> sync;

  /**
   * @param process {@code api}, {@code sync} or {@code dev}
   * @param instance which Forebay of the database
   * @param checks what the process needs in order to do its job
   * @param lease whether the process leads or stands by; yields null where it does neither
   * @param sync the sync worker now; yields null where none runs
   */
  public ProcessStatus(
      String process,
      String instance,
      List<Check> checks,
      Supplier<StatusReport.@Nullable Lease> lease,
      Supplier<StatusReport.@Nullable Sync> sync) {
    this.process = process;
    this.instance = instance;
    this.checks = List.copyOf(checks);
    this.lease = lease;
    this.sync = sync;
  }

  /** Asks every check. */
  List<Check.Result> check() {
    return checks.stream().map(Check::run).toList();
  }

  /** Looks at everything now; may wait for the database. */
  StatusReport report() {
    return new StatusReport(process, instance, startedAt, check(), lease.get(), sync.get());
  }
}
