package dev.forebay.ops.verify;

import dev.forebay.ledger.Lease;
import dev.forebay.ledger.Ledger;
import dev.forebay.ops.admin.AdminClient;
import dev.forebay.ops.admin.DirtyReport;
import dev.forebay.ops.admin.KeyDesk;
import dev.forebay.worker.verify.AtWork;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the running worker has still to do: it says so itself where its admin port answers; else the
 * ledger says whether one leads, and how far it is behind. For one thread.
 */
final class WorkerAtWork implements AtWork {

  /** A leader renews its lease every 2 s. */
  private static final Duration LEADS = Duration.ofSeconds(10);

  /** Progress is recorded every second, with what a heartbeat needs. */
  private static final Duration RECORDED = Duration.ofSeconds(3);

  private final AdminClient worker;
  private final Ledger ledger;
  private final String instance;
  private boolean silent;

  /**
   * @param instance whose worker it must be
   */
  WorkerAtWork(AdminClient worker, Ledger ledger, String instance) {
    this.instance = instance;
    this.worker = worker;
    this.ledger = ledger;
  }

  @Override
  public Now now(Collection<String> kvKeys) {
    if (!silent) {
      try {
        return ask(List.copyOf(kvKeys));
      } catch (IOException e) {
        silent = true; // each question would wait for as long
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new Now(Set.of(), recordedLag());
  }

  private Now ask(List<String> kvKeys) throws IOException, InterruptedException {
    Set<String> dirty = new HashSet<>();
    int from = 0;
    DirtyReport report;
    do {
      int to = Math.min(from + KeyDesk.MOST_KEYS, kvKeys.size());
      report = worker.dirty(kvKeys.subList(from, to));
      if (!report.leads() || !report.instance().equals(instance)) {
        throw new IOException("a standby, or another instance");
      }
      dirty.addAll(report.dirty());
      from = to;
    } while (from < kvKeys.size());
    return new Now(dirty, Duration.ofMillis((long) (report.syncLagSeconds() * 1_000)));
  }

  private Duration recordedLag() {
    if (!leads()) {
      return Duration.ZERO;
    }
    Duration lag =
        ledger
            .lease()
            .settledThrough()
            .map(through -> Duration.between(through, Instant.now()).minus(RECORDED))
            .orElse(Duration.ZERO);
    return lag.isNegative() ? Duration.ZERO : lag;
  }

  private boolean leads() {
    Lease.State state = ledger.lease().state();
    return !state.released() && state.unrenewed().compareTo(LEADS) < 0;
  }

  /** Whether a worker leads and could not be asked which documents are dirty. */
  boolean isUnheard() {
    return silent && leads();
  }
}
