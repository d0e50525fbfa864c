package dev.forebay.worker.verify;

import dev.forebay.kv.KvEntry;
import dev.forebay.ledger.Documents.Held;
import dev.forebay.ledger.Published;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.SnapshotSession;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What KV was given of a model, built again: documents that PostgreSQL has otherwise than the
 * ledger, or than KV where values are read, and those that no root row owns any more. For one
 * thread.
 */
final class PublishedScan implements Scan {

  private static final int PAGE = 500;

  private final Sides sides;
  private final ReadModel model;
  private final VerifyScope scope;
  private String after = "";
  private long compared;

  PublishedScan(Sides sides, ReadModel model, VerifyScope scope) {
    this.sides = sides;
    this.model = model;
    this.scope = scope;
  }

  @Override
  public boolean page(Consumer<DocumentKey> doubtful) throws SQLException {
    List<Held> page = sides.ledger().documents().held(model.name(), after, PAGE);
    List<DocumentKey> sample = page.stream().map(Held::key).filter(scope::holds).toList();
    compare(sample, rebuild(sample), doubtful);
    compared += sample.size();
    after = page.isEmpty() ? after : page.getLast().key().kvKey();
    return page.size() == PAGE;
  }

  /** In a snapshot for each page: one for all would keep PostgreSQL from cleaning up. */
  private Rebuild rebuild(List<DocumentKey> keys) throws SQLException {
    try (SnapshotSession session = SnapshotSession.open(sides.dataSource())) {
      return Rebuild.of(session, model, keys);
    }
  }

  private void compare(List<DocumentKey> keys, Rebuild rebuild, Consumer<DocumentKey> doubtful) {
    List<String> kvKeys = keys.stream().map(DocumentKey::kvKey).toList();
    Map<String, Published> known = sides.ledger().documents().find(kvKeys);
    Map<String, KvEntry> values =
        scope.deep()
            ? sides.kv().bulkGet(kvKeys.stream().map(sides.prefix()::concat).toList())
            : Map.of();
    for (DocumentKey key : keys) {
      String built = rebuild.hashes().get(key);
      String held = known.getOrDefault(key.kvKey(), Published.NOTHING).hash();
      boolean same = Objects.equals(built, held);
      if (same && scope.deep()) {
        KvEntry entry = values.get(sides.prefix() + key.kvKey());
        String read = entry == null ? null : DocumentDigest.of(entry.value()).hash();
        same = Objects.equals(built, read);
      }
      if (!same && !rebuild.unbuildable().contains(key)) {
        doubtful.accept(key);
      }
    }
  }

  @Override
  public String what() {
    return "documents of " + model.name();
  }

  @Override
  public long done() {
    return compared;
  }
}
