package dev.forebay.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.ledger.LedgerSql.Transaction;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changed rows that touch more documents than can be marked at once. A row is durable when {@link
 * #add} returns, so the change may be acknowledged.
 */
public final class FanOuts {

  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<Map<String, @Nullable String>> IMAGE =
      new TypeReference<>() {};
  private static final int PAGE = 1_000;

  /** A row whose documents are not spelled out yet. */
  public record FanOut(long id, RowChange row) {}

  /** Tells each document of a fan-out to somebody. */
  public interface Documents {
    void forEach(Consumer<DocumentKey> document) throws SQLException;
  }

  private final LedgerSql sql;

  FanOuts(LedgerSql sql) {
    this.sql = sql;
  }

  /**
   * Remembers rows.
   *
   * @param rows with those columns alone that lead to documents
   */
  public void add(Collection<RowChange> rows) {
    sql.transaction(
        "remember a fan-out",
        tx -> {
          List<@Nullable Object[]> values = new ArrayList<>();
          for (RowChange row : rows) {
            values.add(
                new @Nullable Object[] {
                  row.table().schema(), row.table().name(), text(row.before()), text(row.after())
                });
          }
          tx.updateAll(
              "insert into fan_out (table_schema, table_name, before, after)"
                  + " values (?, ?, ?::jsonb, ?::jsonb)",
              values);
          return values.size();
        });
  }

  /** The oldest row whose documents are not spelled out. */
  public Optional<FanOut> next() {
    return sql.transaction(
        "find a fan-out",
        tx ->
            tx
                .query(
                    "select id, table_schema, table_name, before, after from fan_out"
                        + " order by id limit 1",
                    FanOuts::read)
                .stream()
                .findFirst());
  }

  /**
   * Requests every document of a fan-out and forgets the row, all or nothing.
   *
   * @param documents named in a snapshot that sees the change; may repeat themselves
   * @return how many were named
   */
  public long spellOut(FanOut fanOut, Documents documents) throws SQLException {
    return sql.transaction(
        "spell out a fan-out",
        tx -> {
          List<DocumentKey> page = new ArrayList<>();
          long[] named = {0};
          documents.forEach(document -> {
            named[0]++;
            page.add(document);
            if (page.size() == PAGE) {
              request(tx, page);
            }
          });
          request(tx, page);
          tx.update("delete from fan_out where id = ?", fanOut.id());
          return named[0];
        });
  }

  private static void request(Transaction tx, List<DocumentKey> page) {
    try {
      RequestedDocuments.add(tx, page);
      page.clear();
    } catch (SQLException e) {
      throw new LedgerException("ledger: cannot request documents", e);
    }
  }

  private static FanOut read(ResultSet row) throws SQLException {
    return new FanOut(
        row.getLong(1),
        new RowChange(
            new TableName(row.getString(2), row.getString(3)),
            image(row.getString(4)),
            image(row.getString(5))));
  }

  private static @Nullable String text(@Nullable Map<String, @Nullable String> image) {
    try {
      return image == null ? null : JSON.writeValueAsString(image);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of texts is JSON", e);
    }
  }

  private static @Nullable Map<String, @Nullable String> image(@Nullable String json)
      throws SQLException {
    try {
      return json == null ? null : JSON.readValue(json, IMAGE);
    } catch (JsonProcessingException e) {
      throw new SQLException("the ledger holds an image that nobody wrote", e);
    }
  }
}
