package dev.forebay.worker;

import dev.forebay.model.Cadence;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Importance;
import dev.forebay.model.ReadModel;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A model without a table behind it: every key has a document, and every document is {@code {}}.
 */
public record ArticleModel(Cadence cadence) implements ReadModel {

  /** The table it says it reads. */
  public static final TableName TABLE = new TableName("public", "article");

  public ArticleModel() {
    this(Cadence.STANDARD);
  }

  /** Returns a model that time may change. */
  public static ArticleModel refreshedEvery(Duration interval) {
    return new ArticleModel(new Cadence(Duration.ZERO, interval, Importance.NORMAL));
  }

  @Override
  public String name() {
    return "article";
  }

  @Override
  public String fingerprint() {
    return "fingerprint";
  }

  @Override
  public SortedSet<TableName> tables() {
    return new TreeSet<>(List.of(TABLE));
  }

  @Override
  public SortedSet<TableName> wholeTables() {
    return new TreeSet<>();
  }

  @Override
  public List<String> keyNames() {
    return List.of("slug");
  }

  @Override
  public String documentType() {
    return "JsonValue";
  }

  @Override
  public DocumentKey key(List<String> values) {
    return new DocumentKey("article", values, "article:" + values.getFirst());
  }

  @Override
  public List<Document> build(
      Connection connection, Collection<DocumentKey> keys, long maxCharacters) {
    return keys.stream().map(key -> new Document(key, "{}")).toList();
  }

  @Override
  public List<DocumentKey> keys(Connection connection, @Nullable DocumentKey after, int limit) {
    return List.of();
  }

  @Override
  public long count(Connection connection) {
    return 0;
  }

  @Override
  public Optional<DocumentKey> match(String kvKey) {
    return Optional.empty();
  }

  @Override
  public void keysWhere(Connection connection, String condition, Consumer<DocumentKey> each) {}
}
