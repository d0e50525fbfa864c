package dev.forebay.worker;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.catalog.CatalogFingerprint;
import dev.forebay.model.compile.ModelCompiler;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices what has no change event: looks at the catalog at intervals, and compiles the models
 * again when it is not what it was.
 *
 * <p>Concurrency: {@link #step} is for one thread, {@link #hurry} for any.
 */
final class CatalogWatch {

  private static final Logger LOG = LoggerFactory.getLogger(CatalogWatch.class);

  /** Longest step, so that the thread ends soon when it is told to. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(250);

  private final DataSource dataSource;
  private final ReadModels models;
  private final long interval;
  private final Semaphore doubts = new Semaphore(0);
  private @Nullable String seen;
  private boolean looked;
  private long lookedAt;
  private volatile @Nullable String failure;

  /**
   * @param models that the worker runs with
   * @param interval between two looks
   */
  CatalogWatch(DataSource dataSource, ReadModels models, Duration interval) {
    this.dataSource = dataSource;
    this.models = models;
    this.interval = interval.toNanos();
  }

  /** Something did not fit: the next look is due at once. */
  void hurry() {
    doubts.release();
  }

  /** Why the models could not be checked when that was last tried; null if they were. */
  @Nullable String failure() {
    return failure;
  }

  /**
   * Looks if a look is due, else waits a moment for that.
   *
   * @return the models to go on with, if they are others than the worker's
   */
  Optional<ReadModels> step() throws InterruptedException {
    long left = looked ? lookedAt + interval - System.nanoTime() : 0;
    if (left > 0
        && !doubts.tryAcquire(Math.min(left, LONGEST_WAIT.toNanos()), TimeUnit.NANOSECONDS)
        && left > LONGEST_WAIT.toNanos()) {
      return Optional.empty();
    }
    doubts.drainPermits();
    try {
      return look();
    } catch (SQLException e) {
      LOG.atWarn().setCause(e).log("Cannot look at the catalog; trying again");
    } catch (InvalidSetupException e) {
      // It concerns all models, so none of them is better off without the others.
      String reason = e.problems().getFirst().toString();
      if (!reason.equals(failure)) {
        LOG.atError()
            .addKeyValue("reason", reason)
            .log("The models cannot be checked against the database; going on as before");
      }
      failure = reason;
    } finally {
      looked = true;
      lookedAt = System.nanoTime();
    }
    return Optional.empty();
  }

  private Optional<ReadModels> look() throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      // Before compiling, so that what changes meanwhile is seen by the next look.
      String now =
          models.stopped().isEmpty()
              ? CatalogFingerprint.of(connection, models.tables())
              : CatalogFingerprint.ofAll(connection);
      if (now.equals(seen)) {
        return Optional.empty();
      }
      ReadModels compiled = ModelCompiler.compileFitting(models.declaration(), connection);
      seen = now;
      failure = null;
      if (compiled.stopped().equals(models.stopped())
          && fingerprints(compiled).equals(fingerprints(models))) {
        return Optional.empty();
      }
      tell(compiled);
      return Optional.of(compiled);
    }
  }

  private static Map<String, String> fingerprints(ReadModels models) {
    return models.models().stream()
        .collect(Collectors.toMap(ReadModel::name, ReadModel::fingerprint));
  }

  private void tell(ReadModels compiled) {
    compiled
        .stopped()
        .forEach((model, reason) -> {
          if (!reason.equals(models.stopped().get(model))) {
            LOG.atError()
                .addKeyValue("model", model)
                .addKeyValue("reason", reason)
                .log("A model no longer fits the database and stops; the others go on");
          }
        });
    for (ReadModel model : compiled.models()) {
      if (models.stopped().containsKey(model.name())) {
        LOG.atInfo().addKeyValue("model", model.name()).log("The model fits the database again");
      }
    }
  }
}
