package dev.forebay.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changed rows that touch more documents than can be marked at once. A row is durable when {@link
 * #add} returns, so the change may be acknowledged.
 */
public final class FanOuts {

  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<Map<String, @Nullable String>> IMAGE =
      new TypeReference<>() {};

  /** A row whose documents are not spelled out yet. */
  public record FanOut(long id, RowChange row) {}

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

  /** Forgets a row whose documents are all requested. */
  public void remove(FanOut fanOut) {
    sql.transaction(
        "forget a fan-out", tx -> tx.update("delete from fan_out where id = ?", fanOut.id()));
  }

  /** How many rows are not spelled out. */
  public long count() {
    return sql.transaction(
        "count fan-outs",
        tx -> tx.query("select count(*) from fan_out", row -> row.getLong(1)).getFirst());
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
