package dev.forebay.worker.verify;

import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvEntry;
import dev.forebay.ledger.Documents;
import dev.forebay.ledger.Published;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.worker.verify.Drift.Kind;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Doubtful keys once more, after what was on its way must have arrived: the value that KV gives,
 * beside the document that PostgreSQL gives. For one thread.
 */
final class SecondLook {

  private static final int PAGE = 100;

  private final DataSource dataSource;
  private final ReadModels models;
  private final Documents ledger;
  private final KvClient kv;
  private final String prefix;

  SecondLook(
      DataSource dataSource, ReadModels models, Documents ledger, KvClient kv, String prefix) {
    this.dataSource = dataSource;
    this.models = models;
    this.ledger = ledger;
    this.kv = kv;
    this.prefix = prefix;
  }

  /**
   * What one look at a key said.
   *
   * @param kind what is wrong; null if nothing is
   * @param held hash of KV's value; null if it has none
   * @param wanted hash of the database's document; null if there is none
   */
  record Verdict(@Nullable Kind kind, @Nullable String held, @Nullable String wanted) {

    /**
     * Whether a key that was wrong before too is wrong for good: the database has said the same all
     * the time, or KV has kept its value while the database changed.
     */
    boolean confirms(Verdict before) {
      return kind != null
          && (Objects.equals(wanted, before.wanted) || Objects.equals(held, before.held));
    }
  }

  /**
   * Looks at keys. Of the keys of a model that has stopped, and of dead letters, nothing can be
   * said, and they are left out.
   */
  Map<DocumentKey, Verdict> look(Collection<DocumentKey> keys) throws SQLException {
    Map<DocumentKey, Verdict> verdicts = new HashMap<>();
    Map<String, List<DocumentKey>> byModel =
        keys.stream()
            .filter(key -> !models.stopped().containsKey(key.model()))
            .collect(Collectors.groupingBy(DocumentKey::model));
    for (Map.Entry<String, List<DocumentKey>> model : byModel.entrySet()) {
      List<DocumentKey> all = model.getValue();
      for (int i = 0; i < all.size(); i += PAGE) {
        verdicts.putAll(page(model.getKey(), all.subList(i, Math.min(i + PAGE, all.size()))));
      }
    }
    return verdicts;
  }

  private Map<DocumentKey, Verdict> page(String model, List<DocumentKey> keys) throws SQLException {
    // KV first: what changes meanwhile makes the database newer, which the next look shows.
    Map<String, KvEntry> values =
        kv.bulkGet(keys.stream().map(key -> prefix + key.kvKey()).toList());
    Map<String, Published> known = ledger.find(keys.stream().map(DocumentKey::kvKey).toList());
    Rebuild wanted = wanted(model, keys);
    Map<DocumentKey, Verdict> verdicts = new HashMap<>();
    for (DocumentKey key : keys) {
      if (wanted.unbuildable().contains(key)) {
        continue;
      }
      KvEntry entry = values.get(prefix + key.kvKey());
      String held = entry == null ? null : DocumentDigest.of(entry.value()).hash();
      Published published = known.getOrDefault(key.kvKey(), Published.NOTHING);
      String hash = wanted.hashes().get(key);
      verdicts.put(key, new Verdict(kind(held, hash, published), held, hash));
    }
    return verdicts;
  }

  private static @Nullable Kind kind(
      @Nullable String held, @Nullable String wanted, Published published) {
    if (Objects.equals(held, wanted)) {
      return null;
    } else if (held == null) {
      return Kind.MISSING;
    } else if (wanted == null) {
      return Kind.EXTRA;
    }
    return held.equals(published.hash()) ? Kind.STALE : Kind.DIFFERENT;
  }

  /** Of a model that the file declares no more, no document exists. */
  private Rebuild wanted(String model, List<DocumentKey> keys) throws SQLException {
    ReadModel declared = models.find(model).orElse(null);
    if (declared == null) {
      return new Rebuild(Map.of(), Set.of());
    }
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      return Rebuild.of(session, declared, keys);
    }
  }
}
