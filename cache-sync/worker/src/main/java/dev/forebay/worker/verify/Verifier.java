package dev.forebay.worker.verify;

import dev.forebay.kv.KvException;
import dev.forebay.ledger.LedgerException;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Compares KV with PostgreSQL. The ledger stands between them: KV's listing is compared with it,
 * and it with what PostgreSQL builds. What is doubtful is looked at twice more, by its value, with
 * a pause before each look: a key is wrong only if it was wrong both times while the database said
 * the same, and the worker is not known to be about to write it. Changes nothing. For one thread.
 */
public final class Verifier {

  /** More doubtful keys than this say enough; those beyond are not looked at. */
  static final int MOST_DOUBTFUL = 50_000;

  private final Sides sides;
  private final Duration pause;
  private final VerifyProgress progress;
  private final Excuses excuses;

  /**
   * @param pause before each second look: longer than what is written needs to be seen
   * @param atWork what the worker has still to do
   */
  public Verifier(Sides sides, Duration pause, AtWork atWork, VerifyProgress progress) {
    this.sides = sides;
    this.pause = pause;
    this.progress = progress;
    this.excuses = new Excuses(sides.ledger(), atWork);
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
    boolean complete = true;
    long listed = 0;
    long compared = 0;
    for (String model : scope.models().stream().sorted().toList()) {
      for (Scan scan : scans(sides, model, scope)) {
        complete &= run(scan, doubtful);
        listed += scan instanceof KvScan ? scan.done() : 0;
        compared += scan instanceof PublishedScan ? scan.done() : 0;
      }
    }
    return result(doubtful, listed, compared, complete, scope.models());
  }

  /** What there is to compare of a model; of one that the file declares no more, KV's listing. */
  static List<Scan> scans(Sides sides, String model, VerifyScope scope) {
    List<Scan> scans = new ArrayList<>();
    scans.add(new KvScan(sides, model));
    Optional<ReadModel> declared = sides.models().find(model);
    if (declared.isPresent()) {
      scans.add(new UnpublishedScan(sides, declared.get()));
      scans.add(new PublishedScan(sides, declared.get(), scope));
    }
    return scans;
  }

  /** Returns whether every doubtful key was taken down. */
  private boolean run(Scan scan, Set<DocumentKey> doubtful) throws SQLException {
    boolean[] complete = {true};
    try (scan) {
      boolean more = true;
      while (more) {
        more = scan.page(key -> complete[0] &= doubt(doubtful, key));
        progress.at(scan.what(), scan.done());
      }
    }
    return complete[0];
  }

  /** Verifies a few keys by their values, without scanning anything. */
  public VerifyResult verify(List<DocumentKey> keys) throws SQLException, InterruptedException {
    Set<String> models = new LinkedHashSet<>();
    keys.forEach(key -> models.add(key.model()));
    return result(new LinkedHashSet<>(keys), 0, keys.size(), true, models);
  }

  private static boolean doubt(Set<DocumentKey> doubtful, DocumentKey key) {
    return doubtful.contains(key) || (doubtful.size() < MOST_DOUBTFUL && doubtful.add(key));
  }

  private VerifyResult result(
      Set<DocumentKey> doubtful, long listed, long compared, boolean complete, Set<String> models)
      throws SQLException, InterruptedException {
    Doubts doubts = new Doubts(new SecondLook(sides), excuses, pause, doubtful);
    for (boolean again = !doubtful.isEmpty(); again; again = doubts.again()) {
      progress.at("doubtful keys to look at again", doubtful.size());
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      boolean more = true;
      while (more) {
        more = doubts.look();
      }
    }
    excuses.ask(List.of());
    int judged = doubts.drift().size() + doubts.awaited().size();
    return new VerifyResult(
        listed,
        compared,
        doubtful.size() - judged,
        doubts.drift(),
        doubts.awaited(),
        excuses.underWay().stream().filter(one -> models.contains(one.model())).toList(),
        complete);
  }
}
