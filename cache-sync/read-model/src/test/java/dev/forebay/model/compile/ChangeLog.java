package dev.forebay.model.compile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads changelog.sql's table and narrows each image to what pgoutput and Debezium would carry. */
final class ChangeLog {

  /** Columns of each replica identity in schema.sql, written down again; absent: the whole row. */
  private static final Map<String, Set<String>> IDENTITY =
      Map.of(
          "tag", Set.of("id", "slug"),
          "article_tag", Set.of("article_id", "tag_id"),
          "edition", Set.of("article_slug", "lang"),
          "chapter", Set.of("article_slug", "lang", "number"));

  private static final Map<String, Set<String>> PRIMARY_KEY =
      Map.of(
          "article_tag", Set.of("article_id", "tag_id"),
          "edition", Set.of("article_slug", "lang"),
          "chapter", Set.of("article_slug", "lang", "number"));

  /** Values that may be large: the log leaves them out of an update that did not change them. */
  private static final Set<String> LARGE = Set.of("title", "body", "name", "heading");

  private final Random random;

  ChangeLog(Random random) {
    this.random = random;
  }

  List<RowChange> drain(Connection connection) throws SQLException {
    List<RowChange> changes = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "with taken as (delete from change_log returning *) select * from taken order by seq")) {
      while (row.next()) {
        add(
            row.getString("table_name"),
            image(row.getString("before")),
            image(row.getString("after")),
            changes);
      }
    }
    return changes;
  }

  private static @Nullable Map<String, @Nullable String> image(@Nullable String json) {
    try {
      return json == null
          ? null
          : new JsonMapper().readValue(json, new TypeReference<Map<String, @Nullable String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void add(
      String name,
      @Nullable Map<String, @Nullable String> before,
      @Nullable Map<String, @Nullable String> after,
      List<RowChange> to) {
    TableName table = new TableName("public", name);
    if (before == null || after == null) {
      to.add(new RowChange(table, before == null ? null : identity(name, before), after));
      return;
    }
    Map<String, @Nullable String> whole = new HashMap<>(after);
    Set<String> identity = IDENTITY.getOrDefault(name, before.keySet());
    LARGE.forEach(column -> {
      if (random.nextBoolean() && Objects.equals(before.get(column), after.get(column))) {
        after.remove(column);
      }
    });
    if (differs(before, whole, PRIMARY_KEY.getOrDefault(name, Set.of("id")))) {
      to.add(new RowChange(table, identity(name, before), null));
      to.add(new RowChange(table, null, after));
    } else if (differs(before, whole, identity) || identity.size() == before.size()) {
      to.add(new RowChange(table, identity(name, before), after));
    } else {
      to.add(new RowChange(table, null, after));
    }
  }

  private static boolean differs(
      Map<String, @Nullable String> before,
      Map<String, @Nullable String> after,
      Set<String> columns) {
    return columns.stream().anyMatch(c -> !Objects.equals(before.get(c), after.get(c)));
  }

  private static Map<String, @Nullable String> identity(
      String table, Map<String, @Nullable String> image) {
    Map<String, @Nullable String> narrow = new HashMap<>(image);
    narrow.keySet().retainAll(IDENTITY.getOrDefault(table, image.keySet()));
    return narrow;
  }
}
