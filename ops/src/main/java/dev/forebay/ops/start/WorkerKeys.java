package dev.forebay.ops.start;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.ops.admin.DirtyReport;
import dev.forebay.ops.admin.KeyDesk;
import dev.forebay.ops.admin.KeyReport;
import dev.forebay.ops.admin.StatusReport;
import dev.forebay.worker.Leadership;
import dev.forebay.worker.SyncWorker;
import dev.forebay.worker.dirty.DirtyState;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Single documents as the worker of this process has them, if it leads. */
final class WorkerKeys implements KeyDesk {

  private static final double NANOS = 1e9;

  private final Instance instance;
  private final ReadModels models;
  private final Leadership leadership;
  private final Supplier<StatusReport.Lease> lease;
  private final KvMeter meter;

  WorkerKeys(
      Instance instance,
      ReadModels models,
      Leadership leadership,
      Supplier<StatusReport.Lease> lease,
      KvMeter meter) {
    this.meter = meter;
    this.instance = instance;
    this.models = models;
    this.leadership = leadership;
    this.lease = lease;
  }

  @Override
  public Optional<KeyReport> explain(String key) {
    String kvKey = instance.unprefixed(key);
    if (!isKnown(kvKey)) {
      return Optional.empty();
    }
    return Optional.of(
        new KeyReport(
            instance.name(),
            kvKey,
            lease.get(),
            leadership.worker().map(worker -> report(worker, kvKey)).orElse(null)));
  }

  private boolean isKnown(String kvKey) {
    String model = kvKey.split(":", 2)[0];
    Optional<DocumentKey> key = models.match(kvKey);
    // Which keys a model that does not fit the database could have, nobody can say.
    return key.isPresent()
        || models.stopped().containsKey(model)
        || leadership.worker().flatMap(worker -> worker.find(kvKey)).isPresent();
  }

  private KeyReport.Worker report(SyncWorker worker, String kvKey) {
    return new KeyReport.Worker(
        worker.syncLag().toNanos() / NANOS,
        worker.dirtyDocuments(),
        worker.readyRequests() > 0,
        meter.failure(),
        worker.problems(),
        worker.find(kvKey).map(WorkerKeys::dirty).orElse(null));
  }

  private static KeyReport.Dirty dirty(DirtyState state) {
    return new KeyReport.Dirty(
        state.stage().name().toLowerCase(Locale.ROOT),
        state.live() ? "live" : "resync",
        state.attempts(),
        state.due().toNanos() / NANOS,
        state.ahead(),
        state.since(),
        state.oldestCommit(),
        state.failure());
  }

  @Override
  public DirtyReport dirty(Collection<String> kvKeys) {
    Optional<SyncWorker> leading = leadership.isLeading() ? leadership.worker() : Optional.empty();
    return leading
        .map(worker ->
            new DirtyReport(
                instance.name(),
                true,
                worker.syncLag().toNanos() / NANOS,
                List.copyOf(worker.dirtyOf(Set.copyOf(kvKeys)))))
        .orElseGet(() -> new DirtyReport(instance.name(), false, 0, List.of()));
  }

  @Override
  public List<String> models() {
    return Stream.concat(
            models.models().stream().map(ReadModel::name), models.stopped().keySet().stream())
        .sorted()
        .toList();
  }
}
