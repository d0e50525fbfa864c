package dev.forebay.ops.faults.data;

import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import dev.forebay.ops.faults.check.AppliedLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Any read models over any data. What a document must be comes from a full rebuild in one fresh
 * snapshot, so that mistakes of the compiled SQL itself are not found: only what was lost, mixed up
 * or left behind on the way.
 */
public final class ForeignData implements DataSet {

  private static final int PAGE = 1_000;

  private final ReadModels models;
  private final DataSource database;

  /**
   * @param database past every network
   */
  public ForeignData(ReadModels models, DataSource database) {
    this.models = models;
    this.database = database;
  }

  @Override
  public AppliedLog.Rules rules() {
    return (key, document) -> Optional.empty();
  }

  @Override
  public boolean hasCanaries() {
    return false;
  }

  @Override
  public Edits edits(Connection first, Connection second, Random random) throws SQLException {
    return new ForeignEdits(first, List.<TableName>copyOf(models.tables()), random);
  }

  @Override
  public Map<String, String> expected(Connection unused) throws SQLException {
    Map<String, String> documents = new TreeMap<>();
    try (SnapshotSession session = SnapshotSession.open(database)) {
      for (ReadModel model : models.models()) {
        @Nullable DocumentKey after = null;
        List<DocumentKey> page = new ArrayList<>();
        do {
          page = model.keys(session.connection(), after, PAGE);
          if (!page.isEmpty()) {
            add(model.build(session.connection(), page), documents);
            after = page.getLast();
          }
        } while (page.size() == PAGE);
      }
    }
    return documents;
  }

  private static void add(List<Document> built, Map<String, String> documents) {
    for (Document document : built) {
      String json = document.json();
      if (json != null) {
        documents.put(document.key().kvKey(), json);
      }
    }
  }
}
