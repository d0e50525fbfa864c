package dev.forebay.worker.source;

import dev.forebay.model.Affected;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.Snapshot;
import dev.forebay.model.SnapshotSession;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The primary, read through the compiled models. */
public final class PostgresSource implements Source {

  private final DataSource dataSource;
  private final ReadModels models;

  /**
   * @param dataSource the primary: a standby's snapshots would be too old
   */
  public PostgresSource(DataSource dataSource, ReadModels models) {
    this.dataSource = dataSource;
    this.models = models;
  }

  @Override
  public Session open() throws SQLException {
    return new PostgresSession(SnapshotSession.open(dataSource), models);
  }

  private record PostgresSession(SnapshotSession session, ReadModels models) implements Session {

    @Override
    public Snapshot snapshot() {
      return session.snapshot();
    }

    @Override
    public Instant databaseTime() {
      return session.databaseTime();
    }

    @Override
    public List<Affected> affected(List<RowChange> changes, int limit) throws SQLException {
      return models.affected(session.connection(), changes, limit);
    }

    @Override
    public List<Content> build(String model, Collection<DocumentKey> keys) throws SQLException {
      Optional<ReadModel> declared = models.find(model);
      return declared.isEmpty()
          ? keys.stream().map(key -> new Content(key, null, null)).toList()
          : new ModelBuild(session.connection(), declared.get()).build(List.copyOf(keys));
    }

    @Override
    public void close() throws SQLException {
      session.close();
    }
  }
}
