package dev.forebay.api.settle;

import dev.forebay.ledger.Documents;
import dev.forebay.ledger.Ledger;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Snapshot;
import dev.forebay.model.SnapshotSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** What KV holds by the ledger, and should hold by the models. Safe for any thread. */
final class LedgerHoldings implements Holdings {

  /** To find no root row is quick; what takes longer is asked again a second later. */
  private static final Duration STATEMENT = Duration.ofMillis(500);

  /** It is only asked whether documents exist; the rest can wait for the next look. */
  private static final long MOST_CHARACTERS = 1L << 20;

  private final DataSource dataSource;
  private final Ledger ledger;
  private final ReadModels models;
  private final Instance instance;

  /**
   * @param dataSource of the primary
   * @param instance whose prefix stands before keys in KV
   */
  LedgerHoldings(DataSource dataSource, Ledger ledger, ReadModels models, Instance instance) {
    this.dataSource = dataSource;
    this.ledger = ledger;
    this.models = models;
    this.instance = instance;
  }

  @Override
  public Certain certain(Collection<String> kvKeys) {
    Documents.Certain known =
        ledger.documents().certain(kvKeys.stream().map(instance::unprefixed).toList(), STATEMENT);
    Map<String, Optional<Snapshot>> versions = new HashMap<>();
    known.versions().forEach((key, version) -> versions.put(instance.keyPrefix() + key, version));
    return new Certain(known.settled(), versions);
  }

  @Override
  public Absent absent(String name, Collection<String> kvKeys) throws SQLException {
    ReadModel model = models.find(name).orElse(null);
    List<DocumentKey> keys =
        model == null
            ? List.of()
            : kvKeys.stream()
                .flatMap(key -> model.match(instance.unprefixed(key)).stream())
                .toList();
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      Set<String> absent = new HashSet<>();
      try (Statement statement = session.connection().createStatement()) {
        statement.execute("set local statement_timeout = " + STATEMENT.toMillis());
        if (model != null) {
          model.build(session.connection(), keys, MOST_CHARACTERS).stream()
              .filter(document -> document.json() == null)
              .forEach(document -> absent.add(instance.keyPrefix() + document.key().kvKey()));
        }
        return new Absent(session.snapshot(), written(statement), absent);
      }
    }
  }

  private static long written(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")) {
      row.next();
      return row.getLong(1);
    }
  }
}
