package dev.forebay.ops.explain;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvLimits;
import dev.forebay.ledger.LedgerEntry;
import dev.forebay.ledger.LedgerSnapshot;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.ops.admin.AdminClient;
import dev.forebay.ops.admin.KeyReport;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.config.SyncSettings;
import dev.forebay.ops.start.CompiledModels;
import dev.forebay.ops.start.KvNamespace;
import dev.forebay.ops.start.ReadingPool;
import dev.forebay.worker.source.Content;
import dev.forebay.worker.source.ModelBuild;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a person asks why a document is as it is. For one thread. */
public final class ExplainDesk implements AutoCloseable {

  /** A change that was committed just now is dirty after that. */
  private static final long PAUSE_MILLIS = 2_000;

  private final SyncSettings settings;
  private final URI admin;
  private final HikariDataSource pool;
  private final ReadModels models;
  private final CloudflareKvClient kv;
  private final AdminClient worker;

  /**
   * Compiles the models and connects to the database; the caller closes.
   *
   * @param admin port of the worker
   * @throws InvalidSetupException if the database cannot be reached, or the file is wrong
   */
  public ExplainDesk(SyncSettings settings, URI admin) throws SQLException {
    this.settings = settings;
    this.admin = admin;
    this.pool = ReadingPool.open(settings.database(), "forebay-explain");
    try (Connection connection = pool.getConnection()) {
      this.models =
          CompiledModels.fitting(
              new ModelsSettings(settings.database(), settings.instance(), settings.models()),
              connection);
    } catch (SQLException | RuntimeException e) {
      pool.close();
      throw e;
    }
    this.kv = new KvNamespace(settings.kv()).openBriefly();
    this.worker = new AdminClient(admin);
  }

  /**
   * Looks at everything, twice where the first time leaves open why KV is wrong.
   *
   * @param name the key, with or without the instance's prefix
   * @throws InvalidSetupException if no model has such a key
   */
  public Explanation explain(String name) throws SQLException, InterruptedException {
    DocumentKey key = key(settings.instance().unprefixed(name));
    Explanation first = look(key);
    if (!first.isUnexplained()) {
      return first;
    }
    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    return look(key);
  }

  private DocumentKey key(String kvKey) {
    return models
        .match(kvKey)
        .or(() -> removed(kvKey))
        .orElseThrow(() ->
            new InvalidSetupException(
                List.of(
                    new Problem(
                        "KEY",
                        "'" + printable(kvKey) + "' is no key of any model.",
                        "Write it as KV has it, such as "
                            + example()
                            + ". There are "
                            + names().collect(Collectors.joining(", "))
                            + "."))));
  }

  /** A key of a model that does not fit the database, or that the file declares no more. */
  private Optional<DocumentKey> removed(String kvKey) {
    String model = kvKey.split(":", 2)[0];
    boolean remembered = models.stopped().containsKey(model);
    if (!remembered && models.find(model).isEmpty()) {
      try (SnapshotSession session = SnapshotSession.open(pool)) {
        Optional<LedgerSnapshot> ledger =
            LedgerSnapshot.open(session.connection(), settings.instance());
        remembered = ledger.isPresent() && ledger.get().models().containsKey(model);
      } catch (SQLException e) {
        return Optional.empty(); // the look itself will say why
      }
    }
    return remembered ? Optional.of(new DocumentKey(model, List.of(), kvKey)) : Optional.empty();
  }

  private Stream<String> names() {
    return Stream.concat(
            models.models().stream().map(ReadModel::name), models.stopped().keySet().stream())
        .sorted();
  }

  private String example() {
    return models.models().stream()
        .findFirst()
        .map(model ->
            model.key(model.keyNames().stream().map(name -> "SOME-" + name).toList()).kvKey())
        .orElse("article:SOME-slug");
  }

  private static String printable(String text) {
    String visible = text.replaceAll("[^\\x20-\\x7e]", "?");
    return visible.length() > 80 ? visible.substring(0, 80) + "…" : visible;
  }

  private Explanation look(DocumentKey key) throws SQLException, InterruptedException {
    KvFacts held = kv(key);
    LedgerEntry entry;
    DatabaseFacts database;
    try (SnapshotSession session = SnapshotSession.open(pool)) {
      Optional<LedgerSnapshot> ledger =
          LedgerSnapshot.open(session.connection(), settings.instance());
      entry =
          ledger.isEmpty()
              ? null
              : LedgerEntry.read(session.connection(), settings.instance(), key);
      database = database(session, key, entry);
    }
    return new Explanation(
        key,
        settings.instance().keyPrefix(),
        held,
        entry,
        database,
        worker(key),
        settings.kv().isCloudflare());
  }

  private KvFacts kv(DocumentKey key) {
    String name = settings.instance().keyPrefix() + key.kvKey();
    String problem = KvLimits.keyProblem(name);
    if (problem != null) {
      return KvFacts.unknown("KV cannot hold this key: " + problem);
    }
    try {
      // A bulk read carries keys that a URL does not.
      return KvFacts.of(kv.bulkGet(List.of(name)).get(name));
    } catch (KvException e) {
      return KvFacts.unknown(String.valueOf(e.getMessage()));
    }
  }

  private DatabaseFacts database(
      SnapshotSession session, DocumentKey key, @Nullable LedgerEntry ledger) throws SQLException {
    String stopped = models.stopped().get(key.model());
    Optional<ReadModel> model = models.find(key.model());
    if (model.isEmpty()) {
      return unknown(
          session,
          stopped == null
              ? undeclared(key.model(), ledger)
              : "the model " + key.model() + " has stopped: " + stopped);
    }
    Content content =
        new ModelBuild(session.connection(), model.get()).build(List.of(key)).getFirst();
    String json = content.json();
    return new DatabaseFacts(
        owner(model.get(), key, content),
        null,
        content.fault(),
        json,
        json == null ? null : DocumentDigest.of(json),
        session.snapshot(),
        session.databaseTime());
  }

  private static DatabaseFacts unknown(SnapshotSession session, String why) {
    return new DatabaseFacts(
        "its root cannot be asked for",
        why,
        null,
        null,
        null,
        session.snapshot(),
        session.databaseTime());
  }

  private static String undeclared(String model, @Nullable LedgerEntry ledger) {
    LedgerEntry.ModelState state = ledger == null ? null : ledger.model();
    return "forebay.yaml declares the model "
        + model
        + " no more"
        + (state == null || state.removed() == null
            ? ""
            : " since " + state.removed() + "; its documents are deleted after a day");
  }

  private static String owner(ReadModel model, DocumentKey key, Content content) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < key.values().size(); i++) {
      parts.add(model.keyNames().get(i) + " = " + printable(key.values().get(i)));
    }
    return parts.isEmpty()
        ? "the one document of " + model.name()
        : (content.json() == null && content.fault() == null ? "would belong to" : "owned by")
            + " the root of "
            + model.name()
            + " with "
            + String.join(", ", parts);
  }

  private WorkerFacts worker(DocumentKey key) throws InterruptedException {
    try {
      KeyReport report = worker.explain(key.kvKey());
      return report.instance().equals(settings.instance().name())
          ? new WorkerFacts(admin, null, report)
          : new WorkerFacts(admin, "it keeps the instance " + report.instance(), null);
    } catch (IOException e) {
      return new WorkerFacts(admin, String.valueOf(e.getMessage()), null);
    }
  }

  @Override
  public void close() {
    worker.close();
    kv.close();
    pool.close();
  }
}
