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

  /** The SQLSTATEs of names, types and rights that are not what a statement expects. */
  private static final String MISFIT = "42";

  private final DataSource dataSource;
  private final ReadModels models;
  private final Runnable misfit;

  /**
   * @param dataSource the primary: a standby's snapshots would be too old
   * @param misfit called when a statement of a model does not fit the database, before the failure
   *     is thrown; must not block
   */
  public PostgresSource(DataSource dataSource, ReadModels models, Runnable misfit) {
    this.dataSource = dataSource;
    this.models = models;
    this.misfit = misfit;
  }

  @Override
  public Session open() throws SQLException {
    return new PostgresSession(SnapshotSession.open(dataSource), models, misfit);
  }

  private record PostgresSession(SnapshotSession session, ReadModels models, Runnable misfit)
      implements Session {

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
      try {
        return models.affected(session.connection(), changes, limit);
      } catch (SQLException e) {
        throw told(e);
      }
    }

    @Override
    public List<Content> build(String model, Collection<DocumentKey> keys) throws SQLException {
      String stopped = models.stopped().get(model);
      if (stopped != null) {
        // Whether a root owns the key is not known, and "no" would delete it.
        throw new SQLException("the model " + model + " has stopped: " + stopped);
      }
      Optional<ReadModel> declared = models.find(model);
      if (declared.isEmpty()) {
        return keys.stream().map(key -> new Content(key, null, null)).toList();
      }
      try {
        return new ModelBuild(session.connection(), declared.get()).build(List.copyOf(keys));
      } catch (SQLException e) {
        throw told(e);
      }
    }

    private SQLException told(SQLException e) {
      String state = e.getSQLState();
      if (state != null && state.startsWith(MISFIT)) {
        misfit.run();
      }
      return e;
    }

    @Override
    public void close() throws SQLException {
      session.close();
    }
  }
}
