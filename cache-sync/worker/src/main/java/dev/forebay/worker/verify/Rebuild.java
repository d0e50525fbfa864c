package dev.forebay.worker.verify;

import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.SnapshotSession;
import dev.forebay.worker.source.Content;
import dev.forebay.worker.source.ModelBuild;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What documents are in one snapshot, as hashes: few texts are held at once, however large they
 * are.
 *
 * @param hashes of those that exist
 * @param unbuildable those that PostgreSQL cannot build: they are dead letters, and nothing can be
 *     said of them
 */
record Rebuild(Map<DocumentKey, String> hashes, Set<DocumentKey> unbuildable) {

  static Rebuild of(SnapshotSession session, ReadModel model, Collection<DocumentKey> keys)
      throws SQLException {
    Rebuild rebuild = new Rebuild(new HashMap<>(), new LinkedHashSet<>());
    Set<DocumentKey> left = new LinkedHashSet<>(keys);
    while (!left.isEmpty()) {
      for (Content content : new ModelBuild(session.connection(), model).build(List.copyOf(left))) {
        rebuild.add(content);
        left.remove(content.key());
      }
    }
    return rebuild;
  }

  private void add(Content content) {
    String json = content.json();
    if (content.fault() != null) {
      unbuildable.add(content.key());
    } else if (json != null) {
      hashes.put(content.key(), DocumentDigest.of(json).hash());
    }
  }
}
