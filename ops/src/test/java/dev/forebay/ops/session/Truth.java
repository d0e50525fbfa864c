package dev.forebay.ops.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.forebay.ops.session.Event.Mark;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of every row, as the database itself has written it down. Immutable. */
final class Truth {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One version of a row; the last one may be that it is gone.
   *
   * @param at when it was made, which nobody has seen before
   */
  record State(
      String row, int index, int version, String xid, boolean alive, JsonNode content, Instant at) {

    String slug() {
      return content.path("slug").asText();
    }

    boolean published() {
      return alive && content.path("published").asBoolean();
    }

    /** The row that a column points to. */
    String other(String table) {
      return table + " " + content.path(table + "_id").asInt();
    }
  }

  private final Map<String, List<State>> rows = new HashMap<>();
  private final Map<String, List<State>> transactions = new HashMap<>();

  /** Reads it; nothing may be written meanwhile. */
  static Truth read(Connection connection) throws Exception {
    Truth truth = new Truth();
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("select * from happening order by n")) {
      while (found.next()) {
        truth.add(found);
      }
    }
    return truth;
  }

  private void add(ResultSet found) throws Exception {
    String row = found.getString("row_name");
    List<State> states = rows.computeIfAbsent(row, key -> new ArrayList<>());
    State state =
        new State(
            row,
            states.size(),
            found.getInt("n"),
            found.getString("xid"),
            found.getBoolean("alive"),
            JSON.readTree(found.getString("content")),
            found.getTimestamp("at").toInstant());
    states.add(state);
    transactions.computeIfAbsent(state.xid(), key -> new ArrayList<>()).add(state);
  }

  /** All versions of a row, in the order in which they came to be; empty if there is none such. */
  List<State> states(String row) {
    return rows.getOrDefault(row, List.of());
  }

  /** Those of them that a reader may have seen, from one on which it must have reached. */
  List<State> possible(String row, int least, Instant until) {
    return states(row).stream()
        .filter(state -> state.index() >= least && !state.at().isAfter(until))
        .toList();
  }

  /** Those that one transaction made. */
  List<State> transaction(String xid) {
    return transactions.getOrDefault(xid, List.of());
  }

  /** The version that was marked; null if it never was committed. */
  @Nullable State find(Mark mark) {
    return states(mark.row()).stream()
        .filter(
            state -> mark.version() == null ? !state.alive() : state.version() == mark.version())
        .findFirst()
        .orElse(null);
  }
}
