package dev.forebay.model.compile;

import dev.forebay.model.Cadence;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.KeyTemplate;
import dev.forebay.model.ReadModel;
import dev.forebay.model.TableName;
import dev.forebay.model.sql.BuildSql;
import dev.forebay.model.sql.KeysSql;
import dev.forebay.model.sql.QuerySql;
import dev.forebay.model.tree.Query;
import dev.forebay.model.tree.Tree;
import dev.forebay.model.types.DocumentType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A read model whose statements are written once. */
final class CompiledModel implements ReadModel {

  /** SQLSTATE of a fault in the data: such a document cannot be built until a row changes. */
  private static final String TWO_ROWS = "22000";

  /** The first documents, which tell how large the others may be. */
  private static final int FIRST_FETCH = 10;

  private static final int KEYS_FETCH = 1_000;

  private final @Nullable Tree tree;
  private final String name;
  private final KeyTemplate key;
  private final Cadence cadence;
  private final String buildSql;
  private final @Nullable KeysSql keysSql;
  private final String fingerprint;
  private final String documentType;
  private final SortedSet<TableName> tables;
  private final SortedSet<TableName> wholeTables;

  CompiledModel(Tree tree) {
    this.tree = tree;
    this.name = tree.name();
    this.key = tree.key();
    this.cadence = tree.cadence();
    this.buildSql = BuildSql.of(tree);
    this.keysSql = tree.root() == null ? null : new KeysSql(tree);
    this.fingerprint = Fingerprint.of(tree, buildSql);
    this.documentType = DocumentType.of(tree);
    this.tables = Collections.unmodifiableSortedSet(tree.tables());
    this.wholeTables = Collections.emptySortedSet();
  }

  CompiledModel(Query query) {
    this.tree = null;
    this.name = query.name();
    this.key = query.key();
    this.cadence = query.cadence();
    this.buildSql = QuerySql.build(query);
    this.keysSql = key.columns().isEmpty() ? null : QuerySql.keys(query);
    this.fingerprint = Fingerprint.of(query, buildSql);
    this.documentType = DocumentType.ANY;
    this.tables = Collections.unmodifiableSortedSet(query.tables());
    this.wholeTables = Collections.unmodifiableSortedSet(query.wholeTables());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public Cadence cadence() {
    return cadence;
  }

  @Override
  public SortedSet<TableName> tables() {
    return tables;
  }

  @Override
  public SortedSet<TableName> wholeTables() {
    return wholeTables;
  }

  @Override
  public List<String> keyNames() {
    return key.columns();
  }

  @Override
  public String documentType() {
    return documentType;
  }

  @Override
  public DocumentKey key(List<String> values) {
    return key.key(name, values);
  }

  @Override
  public Optional<DocumentKey> match(String kvKey) {
    return key.match(name, kvKey);
  }

  String buildSql() {
    return buildSql;
  }

  /** Only of a model that was declared as one. */
  Tree tree() {
    return Objects.requireNonNull(tree);
  }

  @Override
  public List<Document> build(
      Connection connection, Collection<DocumentKey> keys, long maxCharacters) throws SQLException {
    List<DocumentKey> possible = keys.stream().filter(this::canOwn).toList();
    List<Document> documents = new ArrayList<>(keys.size());
    if (!possible.isEmpty()) {
      read(connection, possible, maxCharacters, documents);
    }
    keys.stream()
        .filter(one -> !canOwn(one))
        .forEach(one -> documents.add(new Document(one, null)));
    return documents;
  }

  private void read(
      Connection connection, List<DocumentKey> keys, long maxCharacters, List<Document> to)
      throws SQLException {
    // Of SQL by hand all rows must be seen, to know that no two have one key.
    long most = tree == null ? Long.MAX_VALUE : maxCharacters;
    try (PreparedStatement statement = connection.prepareStatement(buildSql)) {
      statement.setFetchSize(most == Long.MAX_VALUE ? 0 : FIRST_FETCH);
      for (int i = 0; i < key.columns().size(); i++) {
        int column = i;
        Object[] values = keys.stream().map(one -> one.values().get(column)).toArray();
        statement.setArray(i + 1, connection.createArrayOf("text", values));
      }
      try (ResultSet row = statement.executeQuery()) {
        Set<Integer> owned = new HashSet<>();
        for (long characters = 0; row.next(); ) {
          if (!owned.add(row.getInt(1))) {
            throw new SQLException("two rows of " + name + " have the same key", TWO_ROWS);
          }
          String json = row.getString(2);
          to.add(new Document(keys.get(row.getInt(1) - 1), json));
          characters += json == null ? 0 : json.length();
          if (characters >= most) {
            return; // which of the other keys have no row is not known yet
          }
          if (owned.size() == FIRST_FETCH && most < Long.MAX_VALUE) {
            row.setFetchSize(others(most, characters));
          }
        }
        for (int i = 0; i < keys.size(); i++) {
          if (!owned.contains(i + 1)) {
            to.add(new Document(keys.get(i), null));
          }
        }
      }
    }
  }

  /** How many documents like the first may be held at once; small ones come all together. */
  private static int others(long most, long charactersOfFirst) {
    long usual = Math.max(1, charactersOfFirst / FIRST_FETCH);
    return Math.clamp(most / usual, 1, Integer.MAX_VALUE);
  }

  /** A key of an older template, or with a character PostgreSQL cannot hold, is nobody's. */
  private boolean canOwn(DocumentKey asked) {
    return asked.model().equals(name)
        && asked.values().size() == key.columns().size()
        && asked.values().stream().noneMatch(value -> value.indexOf('\0') >= 0)
        && key(asked.values()).kvKey().equals(asked.kvKey());
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

  @Override
  public void keysWhere(Connection connection, String condition, Consumer<DocumentKey> each)
      throws SQLException {
    if (keysSql == null) {
      throw new SQLException("the model " + name + " has one document, and no root row");
    }
    // Not prepared, because the condition's ? are operators of its own.
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(KEYS_FETCH);
      try (ResultSet row = statement.executeQuery(keysSql.where(condition))) {
        while (row.next()) {
          each.accept(key(values(row, 1)));
        }
      }
    }
  }

  @Override
  public long count(Connection connection) throws SQLException {
    if (keysSql == null) {
      return 1;
    }
    try (PreparedStatement statement = connection.prepareStatement(keysSql.count());
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The key's values in a row of a result, from a column on. */
  List<String> values(ResultSet row, int from) throws SQLException {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < key.columns().size(); i++) {
      values.add(row.getString(from + i));
    }
    return values;
  }
}
