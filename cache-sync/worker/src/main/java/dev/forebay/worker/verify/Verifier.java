package dev.forebay.worker.verify;

import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvException;
import dev.forebay.ledger.Documents;
import dev.forebay.ledger.LedgerException;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.worker.verify.Drift.Kind;
import dev.forebay.worker.verify.SecondLook.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Compares KV with PostgreSQL. The ledger stands between them: KV's listing is compared with it,
 * and it with what PostgreSQL builds. What is doubtful is looked at twice more, by its value, with
 * a pause before each look: a key is wrong only if it was wrong both times while the database said
 * the same. Changes nothing. For one thread.
 */
public final class Verifier {

  /** More doubtful keys than this say enough; those beyond are not looked at. */
  static final int MOST_DOUBTFUL = 50_000;

  private final DataSource dataSource;
  private final ReadModels models;
  private final Documents ledger;
  private final KvClient kv;
  private final String prefix;
  private final Duration pause;
  private final VerifyProgress progress;

  /**
   * @param prefix of the instance's keys
   * @param pause before each second look: longer than what is written needs to be seen
   */
  public Verifier(
      DataSource dataSource,
      ReadModels models,
      Documents ledger,
      KvClient kv,
      String prefix,
      Duration pause,
      VerifyProgress progress) {
    this.dataSource = dataSource;
    this.models = models;
    this.ledger = ledger;
    this.kv = kv;
    this.prefix = prefix;
    this.pause = pause;
    this.progress = progress;
  }

  /**
   * Verifies.
   *
   * @throws KvException if KV cannot be read
   * @throws LedgerException if the ledger cannot
   * @throws SQLException if the documents cannot
   */
  public VerifyResult verify(VerifyScope scope) throws SQLException, InterruptedException {
    Set<DocumentKey> doubtful = new LinkedHashSet<>();
    boolean[] complete = {true};
    long listed = 0;
    long compared = 0;
    KvScan inKv = new KvScan(kv, ledger, prefix, models, progress);
    DatabaseScan inDatabase = new DatabaseScan(dataSource, ledger, kv, prefix, scope, progress);
    for (String model : scope.models().stream().sorted().toList()) {
      listed += inKv.scan(model, key -> complete[0] &= doubt(doubtful, key));
      Optional<ReadModel> declared = models.find(model);
      if (declared.isPresent()) {
        compared += inDatabase.scan(declared.get(), key -> complete[0] &= doubt(doubtful, key));
      }
    }
    List<Drift> drift = confirmed(doubtful);
    return new VerifyResult(listed, compared, doubtful.size() - drift.size(), drift, complete[0]);
  }

  /** Verifies a few keys by their values, without scanning anything. */
  public VerifyResult verify(List<DocumentKey> keys) throws SQLException, InterruptedException {
    List<Drift> drift = confirmed(new LinkedHashSet<>(keys));
    return new VerifyResult(0, keys.size(), 0, drift, true);
  }

  private static boolean doubt(Set<DocumentKey> doubtful, DocumentKey key) {
    return doubtful.contains(key) || (doubtful.size() < MOST_DOUBTFUL && doubtful.add(key));
  }

  private List<Drift> confirmed(Set<DocumentKey> doubtful)
      throws SQLException, InterruptedException {
    List<Drift> drift = new ArrayList<>();
    if (doubtful.isEmpty()) {
      return drift;
    }
    SecondLook looking = new SecondLook(dataSource, models, ledger, kv, prefix);
    Map<DocumentKey, Verdict> first = lookLater(looking, doubtful);
    first.values().removeIf(verdict -> verdict.kind() == null);
    if (first.isEmpty()) {
      return drift;
    }
    lookLater(looking, first.keySet())
        .forEach((key, verdict) -> {
          Kind kind = verdict.kind();
          if (kind != null && verdict.confirms(Objects.requireNonNull(first.get(key)))) {
            drift.add(new Drift(key, kind));
          }
        });
    return drift;
  }

  private Map<DocumentKey, Verdict> lookLater(SecondLook looking, Set<DocumentKey> keys)
      throws SQLException, InterruptedException {
    progress.at("doubtful keys to look at again", keys.size());
    TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    return looking.look(keys);
  }
}
