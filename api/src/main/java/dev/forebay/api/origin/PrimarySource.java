package dev.forebay.api.origin;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/** Builds documents in the database, with the SQL that the sync worker builds them with. */
final class PrimarySource implements DocumentSource {

  /** What takes longer would come too late for the edge, and keeps a connection from others. */
  static final Duration STATEMENT = Duration.ofSeconds(2);

  private static final Duration LATER = Duration.ofSeconds(5);

  private final DataSource dataSource;
  private final ReadModels models;
  private final String historySql;
  private final Ticker ticker;
  private final OriginMetrics metrics;

  /**
   * @param dataSource of the primary; its role may read the models' tables and the instance's
   *     history
   * @param ticker the clock by which versions age
   */
  PrimarySource(
      DataSource dataSource,
      ReadModels models,
      Instance instance,
      Ticker ticker,
      OriginMetrics metrics) {
    this.dataSource = dataSource;
    this.models = models;
    // The name of an instance needs no quotes.
    this.historySql =
        "select id, pg_is_in_recovery(), set_config('statement_timeout', ?, true) from "
            + instance.databaseName()
            + ".history";
    this.ticker = ticker;
    this.metrics = metrics;
  }

  @Override
  public Version load(DocumentKey key) throws SQLException {
    ReadModel model =
        models
            .find(key.model())
            .orElseThrow(() -> new IllegalArgumentException("no model " + key.model()));
    metrics.countQuery();
    long taken = ticker.read();
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      String history = history(session);
      Document document = model.build(session.connection(), List.of(key)).getFirst();
      return Version.of(
          key, document.json(), session.snapshot(), history, session.databaseTime(), taken);
    }
  }

  /**
   * Which life of the database the session sees.
   *
   * @throws ApiProblem if it is a standby, which may lack what was committed
   */
  private String history(SnapshotSession session) throws SQLException {
    try (PreparedStatement statement = session.connection().prepareStatement(historySql)) {
      statement.setString(1, Long.toString(STATEMENT.toMillis()));
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("table history is empty");
        }
        if (row.getBoolean(2)) {
          throw ApiProblem.of(ProblemType.READ_ONLY, "The API reads from a standby.")
              .retryAfter(LATER);
        }
        return row.getString(1);
      }
    }
  }
}
