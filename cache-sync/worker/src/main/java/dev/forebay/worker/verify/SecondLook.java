package dev.forebay.worker.verify;

import dev.forebay.kv.KvEntry;
import dev.forebay.kv.KvLimits;
import dev.forebay.ledger.Documents.Known;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.SnapshotSession;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Doubtful keys once more, after what was on its way must have arrived: the value that KV gives,
 * beside the document that PostgreSQL gives. For one thread.
 */
final class SecondLook {

  private final Sides sides;

  SecondLook(Sides sides) {
    this.sides = sides;
  }

  /**
   * Looks at keys, with one request to KV for each hundred. Of the keys of a model that has
   * stopped, and of dead letters, nothing can be said, and they are left out.
   */
  Map<DocumentKey, Verdict> look(Collection<DocumentKey> keys) throws SQLException {
    Set<String> dead =
        sides.ledger().deadLetters().find(keys.stream().map(DocumentKey::kvKey).toList());
    List<DocumentKey> asked =
        keys.stream()
            .filter(key -> !sides.models().stopped().containsKey(key.model()))
            .filter(key -> !dead.contains(key.kvKey()))
            // One that KV cannot hold is about to become a dead letter.
            .filter(key -> KvLimits.keyProblem(sides.prefix() + key.kvKey()) == null)
            .toList();
    List<String> kvKeys = asked.stream().map(DocumentKey::kvKey).toList();
    // KV first: what changes meanwhile makes the database newer, which the next look shows.
    Map<String, KvEntry> values =
        sides.kv().bulkGet(kvKeys.stream().map(sides.prefix()::concat).toList());
    Map<String, Known> known = sides.ledger().documents().known(kvKeys);
    Map<DocumentKey, Verdict> verdicts = new HashMap<>();
    Map<String, List<DocumentKey>> byModel =
        asked.stream().collect(Collectors.groupingBy(DocumentKey::model));
    for (Map.Entry<String, List<DocumentKey>> model : byModel.entrySet()) {
      Rebuild wanted = wanted(model.getKey(), model.getValue());
      for (DocumentKey key : model.getValue()) {
        if (!wanted.unbuildable().contains(key)) {
          KvEntry entry = values.get(sides.prefix() + key.kvKey());
          verdicts.put(
              key,
              Verdict.of(
                  entry == null ? null : DocumentDigest.of(entry.value()).hash(),
                  wanted.hashes().get(key),
                  known.getOrDefault(key.kvKey(), Known.NOTHING)));
        }
      }
    }
    return verdicts;
  }

  /** Of a model that the file declares no more, no document exists. */
  private Rebuild wanted(String model, List<DocumentKey> keys) throws SQLException {
    ReadModel declared = sides.models().find(model).orElse(null);
    if (declared == null) {
      return new Rebuild(Map.of(), Set.of());
    }
    try (SnapshotSession session = SnapshotSession.open(sides.dataSource())) {
      return Rebuild.of(session, declared, keys);
    }
  }
}
