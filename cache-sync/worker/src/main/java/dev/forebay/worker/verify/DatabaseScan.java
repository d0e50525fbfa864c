package dev.forebay.worker.verify;

import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvEntry;
import dev.forebay.ledger.Documents;
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
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A model's documents as PostgreSQL has them now, beside the ledger. For one thread. */
final class DatabaseScan {

  private static final int PAGE = 500;

  private final DataSource dataSource;
  private final Documents ledger;
  private final KvClient kv;
  private final String prefix;
  private final VerifyScope scope;
  private final VerifyProgress progress;

  DatabaseScan(
      DataSource dataSource,
      Documents ledger,
      KvClient kv,
      String prefix,
      VerifyScope scope,
      VerifyProgress progress) {
    this.dataSource = dataSource;
    this.ledger = ledger;
    this.kv = kv;
    this.prefix = prefix;
    this.scope = scope;
    this.progress = progress;
  }

  /**
   * Names the keys about which the database says something else than the ledger, or than KV where
   * values are read: documents that differ, that no root row owns any more, that are not published.
   *
   * @return how many documents were compared
   */
  long scan(ReadModel model, Consumer<DocumentKey> doubtful) throws SQLException {
    unpublished(model, doubtful);
    return published(model, doubtful);
  }

  /** Builds what KV was given again, those that nobody owns any more among them. */
  private long published(ReadModel model, Consumer<DocumentKey> doubtful) throws SQLException {
    long compared = 0;
    String after = "";
    while (true) {
      List<Held> page = ledger.held(model.name(), after, PAGE);
      List<DocumentKey> sample = page.stream().map(Held::key).filter(scope::holds).toList();
      // A snapshot for each page: one for all would keep PostgreSQL from cleaning up.
      try (SnapshotSession session = SnapshotSession.open(dataSource)) {
        compare(sample, Rebuild.of(session, model, sample), doubtful);
      }
      compared += sample.size();
      progress.at("documents of " + model.name(), compared);
      if (page.size() < PAGE) {
        return compared;
      }
      after = page.getLast().key().kvKey();
    }
  }

  /** Looks for documents that KV was never given. */
  private void unpublished(ReadModel model, Consumer<DocumentKey> doubtful) throws SQLException {
    @Nullable DocumentKey after = null;
    while (true) {
      List<DocumentKey> page;
      try (SnapshotSession session = SnapshotSession.open(dataSource)) {
        page = model.keys(session.connection(), after, PAGE);
      }
      Map<String, Published> known = ledger.find(page.stream().map(DocumentKey::kvKey).toList());
      page.stream()
          .filter(key -> known.getOrDefault(key.kvKey(), Published.NOTHING).hash() == null)
          .forEach(doubtful);
      if (page.size() < PAGE) {
        return;
      }
      after = page.getLast();
    }
  }

  private void compare(List<DocumentKey> keys, Rebuild rebuild, Consumer<DocumentKey> doubtful) {
    List<String> kvKeys = keys.stream().map(DocumentKey::kvKey).toList();
    Map<String, Published> known = ledger.find(kvKeys);
    Map<String, KvEntry> values =
        scope.deep() ? kv.bulkGet(kvKeys.stream().map(prefix::concat).toList()) : Map.of();
    for (DocumentKey key : keys) {
      String built = rebuild.hashes().get(key);
      String held = known.getOrDefault(key.kvKey(), Published.NOTHING).hash();
      boolean same = Objects.equals(built, held);
      if (same && scope.deep()) {
        KvEntry entry = values.get(prefix + key.kvKey());
        String read = entry == null ? null : DocumentDigest.of(entry.value()).hash();
        same = Objects.equals(built, read);
      }
      if (!same && !rebuild.unbuildable().contains(key)) {
        doubtful.accept(key);
      }
    }
  }
}
