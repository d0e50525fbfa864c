package dev.forebay.worker.verify;

import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvEntry;
import dev.forebay.ledger.Documents;
import dev.forebay.ledger.Published;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.SnapshotSession;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
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
   * Names the keys that the database has now and of which the ledger, or where it is read KV, says
   * something else.
   *
   * @return how many documents were compared
   */
  long scan(ReadModel model, Consumer<DocumentKey> doubtful) throws SQLException {
    long compared = 0;
    @Nullable DocumentKey after = null;
    while (true) {
      List<DocumentKey> page;
      Map<DocumentKey, String> hashes;
      // A snapshot for each page: one for all would keep PostgreSQL from cleaning up.
      try (SnapshotSession session = SnapshotSession.open(dataSource)) {
        page = model.keys(session.connection(), after, PAGE);
        hashes = Rebuild.of(session, model, page.stream().filter(scope::holds).toList()).hashes();
      }
      compare(hashes, doubtful);
      compared += hashes.size();
      progress.at("documents of " + model.name(), compared);
      if (page.size() < PAGE) {
        return compared;
      }
      after = page.getLast();
    }
  }

  private void compare(Map<DocumentKey, String> hashes, Consumer<DocumentKey> doubtful) {
    List<String> kvKeys = hashes.keySet().stream().map(DocumentKey::kvKey).toList();
    Map<String, Published> known = ledger.find(kvKeys);
    Map<String, KvEntry> values =
        scope.deep() ? kv.bulkGet(kvKeys.stream().map(prefix::concat).toList()) : Map.of();
    hashes.forEach((key, hash) -> {
      Published held = known.getOrDefault(key.kvKey(), Published.NOTHING);
      boolean same = hash.equals(held.hash());
      if (same && scope.deep()) {
        KvEntry entry = values.get(prefix + key.kvKey());
        same = entry != null && hash.equals(DocumentDigest.of(entry.value()).hash());
      }
      if (!same) {
        doubtful.accept(key);
      }
    });
  }
}
