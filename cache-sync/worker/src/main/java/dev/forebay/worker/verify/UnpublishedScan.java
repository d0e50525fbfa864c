package dev.forebay.worker.verify;

import dev.forebay.ledger.Published;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.SnapshotSession;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Every key that a model has in PostgreSQL beside the ledger: what KV was never given. */
final class UnpublishedScan implements Scan {

  private static final int PAGE = 500;

  private final Sides sides;
  private final ReadModel model;
  private @Nullable DocumentKey after;
  private long done;

  UnpublishedScan(Sides sides, ReadModel model) {
    this.sides = sides;
    this.model = model;
  }

  @Override
  public boolean page(Consumer<DocumentKey> doubtful) throws SQLException {
    List<DocumentKey> page;
    try (SnapshotSession session = SnapshotSession.open(sides.dataSource())) {
      page = model.keys(session.connection(), after, PAGE);
    }
    Map<String, Published> known =
        sides.ledger().documents().find(page.stream().map(DocumentKey::kvKey).toList());
    page.stream()
        .filter(key -> known.getOrDefault(key.kvKey(), Published.NOTHING).hash() == null)
        .forEach(doubtful);
    done += page.size();
    after = page.isEmpty() ? after : page.getLast();
    return page.size() == PAGE;
  }

  @Override
  public String what() {
    return "keys of " + model.name() + " in PostgreSQL";
  }

  @Override
  public long done() {
    return done;
  }
}
