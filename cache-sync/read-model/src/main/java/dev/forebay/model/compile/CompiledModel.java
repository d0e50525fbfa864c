package dev.forebay.model.compile;

import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.TableName;
import dev.forebay.model.sql.BuildSql;
import dev.forebay.model.sql.KeysSql;
import dev.forebay.model.tree.Tree;
import dev.forebay.model.types.DocumentType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** A read model whose statements are written once. */
final class CompiledModel implements ReadModel {

  private final Tree tree;
  private final String buildSql;
  private final @Nullable KeysSql keysSql;
  private final String fingerprint;
  private final SortedSet<TableName> tables;

  CompiledModel(Tree tree) {
    this.tree = tree;
    this.buildSql = BuildSql.of(tree);
    this.keysSql = tree.root() == null ? null : new KeysSql(tree);
    this.fingerprint = Fingerprint.of(tree, buildSql);
    this.tables = Collections.unmodifiableSortedSet(tree.tables());
  }

  @Override
  public String name() {
    return tree.name();
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public Duration minInterval() {
    return tree.minInterval();
  }

  @Override
  public Optional<Duration> refresh() {
    return Optional.ofNullable(tree.refresh());
  }

  @Override
  public SortedSet<TableName> tables() {
    return tables;
  }

  @Override
  public List<String> keyNames() {
    return tree.key().columns();
  }

  @Override
  public String documentType() {
    return DocumentType.of(tree);
  }

  @Override
  public DocumentKey key(List<String> values) {
    return tree.key().key(tree.name(), values);
  }

  String buildSql() {
    return buildSql;
  }

  Tree tree() {
    return tree;
  }

  @Override
  public List<Document> build(Connection connection, Collection<DocumentKey> keys)
      throws SQLException {
    List<DocumentKey> possible = keys.stream().filter(this::canOwn).toList();
    @Nullable String[] json = new String[possible.size()];
    if (!possible.isEmpty()) {
      try (PreparedStatement statement = connection.prepareStatement(buildSql)) {
        for (int i = 0; i < tree.key().columns().size(); i++) {
          int column = i;
          Object[] values = possible.stream().map(key -> key.values().get(column)).toArray();
          statement.setArray(i + 1, connection.createArrayOf("text", values));
        }
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            json[row.getInt(1) - 1] = row.getString(2);
          }
        }
      }
    }
    List<Document> documents = new ArrayList<>(keys.size());
    for (int i = 0; i < json.length; i++) {
      documents.add(new Document(possible.get(i), json[i]));
    }
    keys.stream()
        .filter(key -> !canOwn(key))
        .forEach(key -> documents.add(new Document(key, null)));
    return documents;
  }

  /** A key of an older template, or with a character PostgreSQL cannot hold, is nobody's. */
  private boolean canOwn(DocumentKey key) {
    return key.model().equals(tree.name())
        && key.values().size() == tree.key().columns().size()
        && key.values().stream().noneMatch(value -> value.indexOf('\0') >= 0)
        && key(key.values()).kvKey().equals(key.kvKey());
  }

  @Override
  public List<DocumentKey> keys(Connection connection, @Nullable DocumentKey after, int limit)
      throws SQLException {
    if (keysSql == null) {
      return after == null ? List.of(key(List.of())) : List.of();
    }
    String sql = after == null ? keysSql.first() : keysSql.after();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameter = 1;
      if (after != null) {
        statement.setArray(parameter++, connection.createArrayOf("text", after.values().toArray()));
      }
      statement.setInt(parameter, limit);
      List<DocumentKey> keys = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          keys.add(key(values(row, 1)));
        }
      }
      return keys;
    }
  }

  /** The key's values in a row of a result, from a column on. */
  List<String> values(ResultSet row, int from) throws SQLException {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < tree.key().columns().size(); i++) {
      values.add(row.getString(from + i));
    }
    return values;
  }
}
