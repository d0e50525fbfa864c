package dev.forebay.ops.plan;

import dev.forebay.kv.KvLimits;
import dev.forebay.kv.KvPair;
import dev.forebay.ledger.LedgerSnapshot;
import dev.forebay.ledger.LedgerSnapshot.Held;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.ops.progress.ProgressBar;
import dev.forebay.worker.SyncConfig;
import dev.forebay.worker.source.Content;
import dev.forebay.worker.source.ModelBuild;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Goes through every key of a model, builds its document as the worker would, and compares it with
 * what the ledger says KV holds. Used once, by one thread.
 *
 * <p>Memory: a page of keys, a few documents, and one bit for each key that KV holds, of a fixed
 * number of bits; by these the documents that are left over are found.
 *
 * <p>A sample: every key is listed and looked up, so that what comes and what goes is counted; of
 * some pages only the documents are built, at least of the first with keys that KV holds and of the
 * first with others; what was found there is scaled up, apart for the two kinds.
 */
final class ModelSurvey {

  /** What the survey reads from. */
  record Source(Connection connection, @Nullable LedgerSnapshot ledger, String keyPrefix) {}

  /** What was found, and the keys of some documents to show. */
  record Result(ModelPlan plan, List<DocumentKey> changed, List<DocumentKey> added) {}

  /** Keys of one kind, and what became of those that were built. */
  private static final class Tally {
    private long keys;
    private long built;
    private long written;
    private long dead;
    private long bytesWritten;
    private long bytesKept;

    /** Whether there are some, of which nothing is known yet. */
    boolean isUnknown() {
      return keys > 0 && built == 0;
    }

    /** What the built ones stand for, if they are like the others. */
    long scaled(long value) {
      return built == 0 ? 0 : Math.round((double) value * keys / built);
    }
  }

  static final int PAGE = 1_000;
  private static final int COUNT_PAGE = 10_000;
  private static final int NAMES = 3;
  private static final int BITS = 1 << 24;

  private final Source source;
  private final ReadModel model;
  private final PlanOptions options;
  private final ProgressBar progress;
  private final Tally held = new Tally();
  private final Tally fresh = new Tally();
  private final CallCount calls = new CallCount();
  private final BitSet matched = new BitSet();
  private final List<String> addedNames = new ArrayList<>();
  private final List<String> removedNames = new ArrayList<>();
  private final List<ModelPlan.DeadLetter> deadLetters = new ArrayList<>();
  private final List<DocumentKey> changedKeys = new ArrayList<>();
  private final List<DocumentKey> addedKeys = new ArrayList<>();

  ModelSurvey(Source source, ReadModel model, PlanOptions options, ProgressBar progress) {
    this.source = source;
    this.model = model;
    this.options = options;
    this.progress = progress;
  }

  /** How many documents the model has. */
  static long count(Connection connection, ReadModel model) throws SQLException {
    long count = 0;
    @Nullable DocumentKey after = null;
    while (true) {
      List<DocumentKey> page = model.keys(connection, after, COUNT_PAGE);
      count += page.size();
      if (page.size() < COUNT_PAGE) {
        return count;
      }
      after = page.getLast();
    }
  }

  /**
   * Looks at everything.
   *
   * @param before what KV holds of the model
   */
  Result run(ModelPlan.State state, LedgerSnapshot.Total before) throws SQLException {
    progress.model(model.name());
    @Nullable DocumentKey after = null;
    for (long number = 0; ; number++) {
      List<DocumentKey> page = model.keys(source.connection(), after, PAGE);
      look(page, number % options.pagesPerBuilt() == 0);
      progress.advance(page.size());
      if (page.size() < PAGE) {
        break;
      }
      after = page.getLast();
    }
    long removed = before.documents() - held.keys;
    long deletes = removed == 0 ? 0 : lookForRemoved();
    return new Result(plan(state, before, removed, deletes), changedKeys, addedKeys);
  }

  private void look(List<DocumentKey> page, boolean build) throws SQLException {
    // A query may have two rows with one key: that is one document, and a dead letter.
    SequencedMap<String, DocumentKey> keys = new LinkedHashMap<>();
    page.forEach(key -> keys.putIfAbsent(key.kvKey(), key));
    LedgerSnapshot ledger = source.ledger();
    Map<String, Held> found = ledger == null ? Map.of() : ledger.find(keys.sequencedKeySet());
    for (String kvKey : keys.sequencedKeySet()) {
      Held one = found.get(kvKey);
      if (one != null && one.hash() != null) {
        held.keys++;
        matched.set(bit(kvKey));
      } else {
        fresh.keys++;
      }
    }
    if (build || held.isUnknown() || fresh.isUnknown()) {
      while (!keys.isEmpty()) {
        List<DocumentKey> left = List.copyOf(keys.sequencedValues());
        for (Content content : new ModelBuild(source.connection(), model).build(left)) {
          keys.remove(content.key().kvKey());
          note(content, found.get(content.key().kvKey()));
        }
      }
    }
  }

  private void note(Content content, @Nullable Held one) {
    String hash = one == null ? null : one.hash();
    Tally tally = hash == null ? fresh : held;
    tally.built++;
    String problem = problem(content);
    if (problem != null) {
      bury(content.key(), problem, tally);
      tally.bytesKept += one == null ? 0 : one.bytes();
    } else if (content.json() == null) {
      tally.keys--; // nobody owns it after all: as if it had not been listed
      tally.built--;
    } else {
      compare(content.key(), DocumentDigest.of(content.json()), hash, tally);
    }
  }

  private void compare(DocumentKey key, DocumentDigest digest, @Nullable String hash, Tally tally) {
    if (digest.hash().equals(hash)) {
      calls.skipped();
      tally.bytesKept += digest.bytes();
    } else {
      write(key, digest, tally);
    }
  }

  /** Why it will never be in KV; the worker says the same of it. */
  private @Nullable String problem(Content content) {
    String json = content.json();
    if (json == null) {
      return content.fault();
    }
    String kvKey = source.keyPrefix() + content.key().kvKey();
    List<String> problems = KvLimits.problems(KvPair.of(kvKey, json));
    return problems.isEmpty() ? null : String.join("; ", problems);
  }

  private void bury(DocumentKey key, String problem, Tally tally) {
    tally.dead++;
    calls.skipped();
    if (deadLetters.size() < NAMES) {
      deadLetters.add(new ModelPlan.DeadLetter(key.kvKey(), problem));
    }
  }

  private void write(DocumentKey key, DocumentDigest digest, Tally tally) {
    tally.written++;
    tally.bytesWritten += digest.bytes();
    calls.written(digest.bytes());
    if (tally == held && changedKeys.size() < options.diff()) {
      changedKeys.add(key);
    }
    if (tally == fresh && addedNames.size() < NAMES) {
      addedNames.add(key.kvKey());
    }
    if (tally == fresh && addedKeys.size() < options.diff()) {
      addedKeys.add(key);
    }
  }

  /** Names some documents that no row owns any more; returns how many calls delete them all. */
  private long lookForRemoved() throws SQLException {
    LedgerSnapshot ledger = source.ledger();
    long deletes = 0;
    String after = "";
    while (ledger != null) {
      List<DocumentKey> page = ledger.page(model.name(), after, SyncConfig.BATCH);
      List<String> removed =
          page.stream().map(DocumentKey::kvKey).filter(key -> !matched.get(bit(key))).toList();
      deletes += removed.isEmpty() ? 0 : 1;
      removed.stream().limit(NAMES - removedNames.size()).forEach(removedNames::add);
      if (page.size() < SyncConfig.BATCH) {
        break;
      }
      after = page.getLast().kvKey();
    }
    return Math.max(1, deletes);
  }

  /** Keys may share a bit: then one that is left over is not named, which costs no more. */
  private static int bit(String kvKey) {
    int hash = kvKey.hashCode();
    return (hash ^ (hash >>> 8)) & (BITS - 1);
  }

  private ModelPlan plan(
      ModelPlan.State state, LedgerSnapshot.Total before, long removed, long deletes) {
    long keys = held.keys + fresh.keys;
    long built = held.built + fresh.built;
    long changed = held.scaled(held.written);
    long deadHeld = held.scaled(held.dead);
    long deadFresh = fresh.scaled(fresh.dead);
    long written = held.scaled(held.bytesWritten) + fresh.scaled(fresh.bytesWritten);
    return new ModelPlan(
        model.name(),
        state,
        built < keys,
        before.documents(),
        fresh.keys - deadFresh,
        changed,
        removed,
        held.keys - changed - deadHeld,
        deadHeld + deadFresh,
        before.bytes(),
        written + held.scaled(held.bytesKept),
        written,
        (built == 0 ? 0 : Math.round((double) calls.calls() * keys / built)) + deletes,
        new ModelPlan.Samples(addedNames, removedNames, deadLetters));
  }
}
