package dev.forebay.api.settle;

import dev.forebay.ledger.Ledger;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Snapshot;
import dev.forebay.model.SnapshotSession;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
  public Map<String, Optional<Snapshot>> certain(Collection<String> kvKeys) {
    Map<String, Optional<Snapshot>> certain = new HashMap<>();
    ledger
        .documents()
        .certain(kvKeys.stream().map(instance::unprefixed).toList())
        .forEach((key, version) -> certain.put(instance.keyPrefix() + key, version));
    return certain;
  }

  @Override
  public Absent absent(Collection<String> kvKeys) throws SQLException {
    Map<ReadModel, List<DocumentKey>> byModel = new LinkedHashMap<>();
    for (String kvKey : kvKeys) {
      String key = instance.unprefixed(kvKey);
      models
          .match(key)
          .ifPresent(its ->
              models
                  .find(its.model())
                  .ifPresent(
                      model -> byModel.computeIfAbsent(model, m -> new ArrayList<>()).add(its)));
    }
    Set<String> absent = new HashSet<>();
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      try (Statement statement = session.connection().createStatement()) {
        statement.execute("set local statement_timeout = " + STATEMENT.toMillis());
      }
      for (Map.Entry<ReadModel, List<DocumentKey>> one : byModel.entrySet()) {
        one.getKey().build(session.connection(), one.getValue(), MOST_CHARACTERS).stream()
            .filter(document -> document.json() == null)
            .map(Document::key)
            .forEach(key -> absent.add(instance.keyPrefix() + key.kvKey()));
      }
      return new Absent(session.snapshot(), absent);
    }
  }
}
