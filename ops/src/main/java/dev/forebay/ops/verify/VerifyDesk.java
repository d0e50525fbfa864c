package dev.forebay.ops.verify;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.WriteGate;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerSnapshot;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.file.Declarations;
import dev.forebay.ops.admin.AdminClient;
import dev.forebay.ops.config.KeySettings;
import dev.forebay.ops.config.KvTarget;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.config.SyncSettings;
import dev.forebay.ops.start.CompiledModels;
import dev.forebay.ops.start.KvMeter;
import dev.forebay.ops.start.KvNamespace;
import dev.forebay.ops.start.LedgerDesk;
import dev.forebay.ops.start.ReadingPool;
import dev.forebay.worker.verify.Drift;
import dev.forebay.worker.verify.Sides;
import dev.forebay.worker.verify.Verifier;
import dev.forebay.worker.verify.VerifyProgress;
import dev.forebay.worker.verify.VerifyResult;
import dev.forebay.worker.verify.VerifyScope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Where a person has KV compared with PostgreSQL, whether a worker runs or not. For one thread.
 *
 * <p>Every method throws {@link InvalidSetupException} where what it is asked for does not exist.
 */
public final class VerifyDesk implements AutoCloseable {

  /** What comes on top of the time for which a model keeps its changes back. */
  private static final Duration SLACK = Duration.ofSeconds(1);

  /** Where no worker runs, lag grows, and waiting for what is on its way is in vain. */
  private static final Duration LONGEST_LAG = Duration.ofSeconds(5);

  /** How long a verification waits for a worker that is behind. */
  private static final Duration LAG_PATIENCE = Duration.ofSeconds(60);

  private static final double MILLIS = 1e3;

  /** Per five minutes; with the worker's 960 below the 1,200 of an account. */
  private static final int REQUESTS = 200;

  private static final int LISTED_PER_REQUEST = 1_000;
  private static final int READ_PER_REQUEST = 100;
  private static final double DOLLARS_PER_MILLION_LISTS = 5.00;
  private static final double DOLLARS_PER_MILLION_READS = 0.50;

  /**
   * What a verification costs at Cloudflare's list price, as if nothing of a month's free quotas
   * were left (developers.cloudflare.com/kv/platform/pricing, looked at 2026-11).
   *
   * @param documents in KV, as the ledger counts them
   * @param requests to KV
   */
  public record Cost(long documents, long requests, double dollars) {}

  private final SyncSettings settings;
  private final ReadModels models;
  private final LedgerDesk ledger;
  private final HikariDataSource pool;
  private final CloudflareKvClient kv;
  private final VerifyProgress progress;
  private final AdminClient worker;
  private final Sides sides;
  private final WorkerAtWork atWork;

  /**
   * Compiles the models and connects; the caller closes.
   *
   * @param admin port of the worker, if one runs
   * @throws InvalidSetupException if the database or the namespace cannot be reached, or the file
   *     is wrong
   */
  public VerifyDesk(SyncSettings settings, URI admin, VerifyProgress progress) throws SQLException {
    this.settings = settings;
    this.progress = progress;
    KvNamespace namespace = new KvNamespace(beside(settings.kv()));
    namespace
        .check()
        .ifPresent(problem -> {
          throw new InvalidSetupException(List.of(problem));
        });
    ModelsSettings looked =
        new ModelsSettings(settings.database(), settings.instance(), settings.models());
    this.pool = ReadingPool.open(settings.database(), "forebay-verify");
    try (Connection connection = pool.getConnection()) {
      this.models = CompiledModels.readable(looked, connection);
      checkDeclared(connection);
    } catch (SQLException | RuntimeException e) {
      pool.close();
      throw e;
    }
    this.ledger = new LedgerDesk(new KeySettings(settings.database(), settings.instance()));
    this.kv = namespace.open(new KvMeter(new SimpleMeterRegistry()), WriteGate.OPEN);
    this.worker = new AdminClient(admin);
    Ledger its = ledger.ask(all -> all);
    this.sides = new Sides(pool, models, its, kv, settings.instance().keyPrefix());
    this.atWork = new WorkerAtWork(worker, its, settings.instance().name());
  }

  /** Documents that another file declares would all look wrong, and a repair would change none. */
  private void checkDeclared(Connection connection) throws SQLException {
    Optional<LedgerSnapshot> known = LedgerSnapshot.open(connection, settings.instance());
    String applied = known.isEmpty() ? "" : known.get().declaration().orElse("");
    Set<String> alike = Declarations.alike(applied, models.declaration());
    for (ReadModel model : models.models()) {
      if (!applied.isEmpty() && !alike.contains("models." + model.name())) {
        throw invalid(
            settings.models().toString(),
            "declares " + model.name() + " in other words than the worker's file.",
            "Take the file that the worker has, or start the worker with this one first.");
      }
    }
  }

  /** The worker has its share of the account's calls; these are for what runs beside it. */
  private static KvTarget beside(KvTarget kv) {
    return kv.isCloudflare() && kv.requests() == null
        ? new KvTarget(
            kv.baseUrl(),
            kv.account(),
            kv.namespace(),
            kv.token(),
            REQUESTS,
            kv.writesPerDay(),
            kv.callTimeout(),
            kv.lateApplyWindow())
        : kv;
  }

  /**
   * What it costs to verify models.
   *
   * @param names none for all
   */
  public Cost cost(Collection<String> names, double samplePercent, boolean deep) {
    Set<String> wanted = wanted(names);
    Map<String, Long> counts = ledger.ask(its -> its.documents().countByModel());
    long lists = 0;
    long reads = 0;
    long documents = 0;
    for (String model : wanted) {
      long count = counts.getOrDefault(model, 0L);
      documents += count;
      lists += count / LISTED_PER_REQUEST + 1;
      reads += deep ? Math.round(count * samplePercent / 100) : 0;
    }
    return new Cost(
        documents,
        lists + Math.ceilDiv(reads, READ_PER_REQUEST),
        (lists * DOLLARS_PER_MILLION_LISTS + reads * DOLLARS_PER_MILLION_READS) / 1e6);
  }

  /**
   * Verifies models.
   *
   * @param names none for all, removed ones included
   */
  public VerifyResult verify(Collection<String> names, double samplePercent, boolean deep)
      throws SQLException, InterruptedException {
    return verifier().verify(new VerifyScope(wanted(names), samplePercent, deep));
  }

  /** Verifies documents by their KV keys, without the instance's prefix. */
  public VerifyResult verify(Collection<String> kvKeys) throws SQLException, InterruptedException {
    List<DocumentKey> keys = new ArrayList<>();
    for (String kvKey : kvKeys) {
      keys.add(
          models
              .match(kvKey)
              .orElseThrow(() ->
                  invalid(
                      "--key",
                      kvKey + " is no key of any model.",
                      "Write it as in article:hello.")));
    }
    return verifier().verify(keys);
  }

  /** Has the worker write keys again that are wrong in KV. */
  public void repair(Collection<Drift> drift) {
    boolean unused =
        ledger.ask(its -> {
          its.suspects().found(drift.stream().map(Drift::key).toList());
          return true;
        });
  }

  private Verifier verifier() throws InterruptedException {
    Duration pause = pause();
    awaitLag(pause);
    return new Verifier(sides, pause, atWork, progress);
  }

  /** Until the worker is about as near as the pause between two looks, or patience is over. */
  private void awaitLag(Duration pause) throws InterruptedException {
    long deadline = System.nanoTime() + LAG_PATIENCE.toNanos();
    Duration lag = lag();
    while (lag.compareTo(pause) > 0 && System.nanoTime() < deadline) {
      progress.at(
          "s that the worker is behind; waiting for at most " + LAG_PATIENCE.toSeconds() + " s",
          lag.toSeconds());
      TimeUnit.SECONDS.sleep(1);
      lag = lag();
    }
  }

  /** How far a worker that leads is behind; zero if none does. */
  private Duration lag() {
    return ledger.ask(its -> atWork.now(List.of()).lag());
  }

  /**
   * What a person must know beside the result: what the worker could not be asked, and how far it
   * is still behind. Empty if there is nothing.
   */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    Duration lag = lag();
    if (lag.compareTo(LONGEST_LAG) > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "the worker is %.0f s behind; what it has not come to is not judged",
              lag.toMillis() / MILLIS));
    }
    if (ledger.<Boolean>ask(its -> atWork.isUnheard())) {
      notes.add(
          "a worker leads and was not asked which documents it is about to write: those count as"
              + " wrong; --admin says where it is");
    }
    return notes;
  }

  /**
   * Twice the lag, as long as KV may show what it held before, and as long as a model may keep its
   * changes back.
   */
  private Duration pause() {
    Duration lag =
        ledger
            .ask(its -> its.lease().settledThrough())
            .map(through -> Duration.between(through, Instant.now()))
            .orElse(Duration.ZERO);
    Duration known = lag.compareTo(LONGEST_LAG) > 0 ? LONGEST_LAG : lag;
    Duration pause = KvNamespace.cacheTime(settings.kv());
    Duration spaced =
        models.models().stream()
            .map(model -> model.cadence().minInterval())
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    pause = known.isNegative() ? pause : pause.plus(known.multipliedBy(2));
    return spaced.compareTo(pause) > 0 ? spaced.plus(SLACK) : pause;
  }

  private Set<String> wanted(Collection<String> names) {
    Set<String> known = new TreeSet<>(ledger.ask(its -> its.documents().countByModel()).keySet());
    models.models().stream().map(ReadModel::name).forEach(known::add);
    for (String name : names) {
      if (!known.contains(name)) {
        throw invalid(
            "--model", name + " is no model.", "There are " + String.join(", ", known) + ".");
      }
    }
    return names.isEmpty() ? known : Set.copyOf(names);
  }

  private static InvalidSetupException invalid(String where, String what, String mend) {
    return new InvalidSetupException(List.of(new Problem(where, what, mend)));
  }

  @Override
  public void close() {
    worker.close();
    kv.close();
    ledger.close();
    pool.close();
  }
}
