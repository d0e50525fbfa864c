package dev.forebay.worker.verify;

import dev.forebay.kv.KvException;
import dev.forebay.ledger.LedgerException;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.worker.verify.Drift.Kind;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leader's own verification: round after round, a page at a time, whenever nothing else is to do.
 * What is wrong is told and, if so configured, written again through the ledger's suspects.
 *
 * <p>Where it stands is not durable, because nothing waits for a round's end: each model's findings
 * are acted on when the model is done. Models come in a random order, so that of a process that is
 * started again before a round is over not always the same ones are left.
 *
 * <p>Concurrency: one thread takes the steps; {@link #last} is safe for any.
 */
public final class RollingVerification {

  private static final Logger LOG = LoggerFactory.getLogger(RollingVerification.class);

  private static final long LOOK_MILLIS = 100;
  private static final Duration FAILED = Duration.ofMinutes(1);

  /** A small namespace is verified in minutes, then rests until the next round. */
  private static final Duration LONGEST_STEP = Duration.ofMinutes(1);

  /** The first round begins after this part of its length: a worker that starts has other work. */
  private static final int FIRST = 24;

  private static final int LISTED = 1_000;
  private static final int BUILT = 500;
  private static final int NAMED = 5;

  /** In one round; then a model waits for the next. */
  private static final int MOST_FAILURES = 3;

  /** So many, or one in a hundred, are drift; more are something else, which a person must see. */
  private static final int MOST_REPAIRED = 100;

  private static final int SHARE_REPAIRED = 100;

  private final Sides sides;
  private final VerifyConfig config;
  private final AtWork atWork;
  private final BooleanSupplier busy;
  private final VerifyMetrics metrics;
  private final ArrayDeque<String> models = new ArrayDeque<>();
  private final Map<String, Map<Kind, Long>> found = new HashMap<>();
  private final Map<String, Integer> failures = new HashMap<>();
  private @Nullable ModelPass pass;
  private Duration interval = Duration.ZERO;
  private long dueAt;
  private long began;
  private boolean running;
  private long documents;
  private long wrong;
  private long repaired;

  /**
   * Registers its metrics; nothing is read until {@link #step}.
   *
   * @param atWork this worker
   * @param busy whether live work waits, so that verification does
   */
  public RollingVerification(
      Sides sides,
      VerifyConfig config,
      AtWork atWork,
      BooleanSupplier busy,
      MeterRegistry registry) {
    this.sides = sides;
    this.config = config;
    this.atWork = atWork;
    this.busy = busy;
    this.metrics = new VerifyMetrics(registry, names());
    this.dueAt = System.nanoTime() + config.round().dividedBy(FIRST).toNanos();
  }

  private List<String> names() {
    return sides.models().models().stream().map(ReadModel::name).toList();
  }

  /** The last round that is over; empty before the first is. */
  public Optional<VerifyRound> last() {
    return Optional.ofNullable(metrics.last());
  }

  /** Waits a moment, and takes the next step if it is due. */
  public void step() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    if (System.nanoTime() - dueAt < 0 || busy.getAsBoolean()) {
      return;
    }
    try {
      turn();
    } catch (LedgerException.LeaseLost e) {
      throw e;
    } catch (SQLException | KvException | LedgerException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("model", models.isEmpty() ? "" : models.getFirst())
          .log("Verification failed; it goes on later");
      later();
    }
  }

  /** Of this model nothing was acted on yet; the others come first, and it has a few attempts. */
  private void later() {
    pass = null;
    String model = models.poll();
    if (model != null && failures.merge(model, 1, Integer::sum) < MOST_FAILURES) {
      models.add(model);
    }
    rest(FAILED);
  }

  private void turn() throws SQLException {
    if (!running) {
      begin();
    }
    String model = models.peek();
    if (model == null) {
      end();
      return;
    }
    if (pass == null) {
      pass = new ModelPass(sides, model, new Excuses(sides.ledger(), atWork), config.pause());
    }
    switch (pass.step()) {
      case STEP -> pace(pass.asksKv());
      case PAUSE -> rest(longer(config.pause(), config.spacing()));
      case END -> {
        act(model, pass);
        models.remove();
        pass = null;
        pace(true);
      }
    }
  }

  private void begin() {
    began = System.nanoTime();
    running = true;
    List<String> shuffled = new ArrayList<>(names());
    Collections.shuffle(shuffled);
    models.addAll(shuffled);
    Map<String, Long> counts = sides.ledger().documents().countByModel();
    long steps = 1;
    for (String model : shuffled) {
      long count = counts.getOrDefault(model, 0L);
      steps += count / LISTED + 2 * (count / BUILT) + 3;
    }
    Duration each = config.round().dividedBy(steps);
    interval = each.compareTo(LONGEST_STEP) > 0 ? LONGEST_STEP : each;
    found.clear();
    failures.clear();
    documents = 0;
    wrong = 0;
    repaired = 0;
  }

  private void pace(boolean asksKv) {
    rest(asksKv ? longer(interval, config.spacing()) : interval);
  }

  private void rest(Duration time) {
    dueAt = System.nanoTime() + time.toNanos();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private void act(String model, ModelPass done) {
    documents += done.documents();
    metrics.compared(done.documents());
    List<Drift> drift = done.drift();
    if (drift.isEmpty() && done.isComplete()) {
      return;
    }
    Map<Kind, Long> kinds =
        drift.stream().collect(Collectors.groupingBy(Drift::kind, Collectors.counting()));
    long most = Math.max(MOST_REPAIRED, done.documents() / SHARE_REPAIRED);
    boolean few = done.isComplete() && drift.size() <= most;
    boolean repair = config.repair() && few;
    if (repair) {
      sides.ledger().suspects().found(drift.stream().map(Drift::key).toList());
      repaired += drift.size();
    }
    wrong += drift.size();
    found.put(model, kinds);
    LOG.atWarn()
        .addKeyValue("model", model)
        .addKeyValue("documents", kinds)
        .addKeyValue("complete", done.isComplete())
        .addKeyValue(
            "keys", drift.stream().limit(NAMED).map(Drift::key).map(DocumentKey::kvKey).toList())
        .log(
            repair
                ? "Documents were wrong in KV; writing them again"
                : "Documents are wrong in KV, and are left so");
  }

  private void end() {
    running = false;
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    VerifyRound round = new VerifyRound(Instant.now(), took, documents, wrong, repaired);
    metrics.over(round, found);
    LOG.atInfo()
        .addKeyValue("documents", documents)
        .addKeyValue("wrong", wrong)
        .addKeyValue("elapsed", took)
        .log("Every model is verified");
    rest(longer(config.round().minus(took), Duration.ZERO));
  }
}
