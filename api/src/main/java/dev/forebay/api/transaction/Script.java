package dev.forebay.api.transaction;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Statements that travel together: one round trip, in their order, up to the first that fails.
 * Scripts of the same texts are prepared once. For one thread, and to be run once.
 */
public final class Script {

  private final List<Part> parts = new ArrayList<>();

  private record Part(String sql, Binder binder, @Nullable Reader reader) {}

  /** Sets the parameters of one statement. */
  public interface Binder {

    /** For a statement without parameters. */
    Binder NONE = (statement, from) -> from;

    /**
     * Sets them.
     *
     * @param from the place of the first
     * @return the place after the last
     */
    int bind(PreparedStatement statement, int from) throws SQLException;

    /** Texts, in their order. */
    static Binder of(@Nullable String... texts) {
      return (statement, from) -> {
        int parameter = from;
        for (@Nullable String text : texts) {
          statement.setString(parameter++, text);
        }
        return parameter;
      };
    }
  }

  /** Reads what one statement answers. */
  public interface Reader {

    /** For rows that say nothing new. */
    Reader IGNORED = rows -> {};

    /** Reads all of it, from before the first row on. */
    void read(ResultSet rows) throws SQLException;
  }

  /** Adds a statement that answers no rows. */
  public Script command(String sql) {
    parts.add(new Part(sql, Binder.NONE, null));
    return this;
  }

  /** Adds a statement that answers rows, be they none. */
  public Script query(String sql, Binder binder, Reader reader) {
    parts.add(new Part(sql, binder, reader));
    return this;
  }

  /** Runs them and reads what they answer; blocks. */
  public void run(Connection connection) throws SQLException {
    String sql = parts.stream().map(Part::sql).collect(Collectors.joining(";\n"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameter = 1;
      for (Part part : parts) {
        parameter = part.binder.bind(statement, parameter);
      }
      boolean hasRows = statement.execute();
      for (Part part : parts) {
        if (part.reader != null) {
          while (!hasRows && statement.getUpdateCount() >= 0) {
            hasRows = statement.getMoreResults();
          }
          try (ResultSet rows = statement.getResultSet()) {
            part.reader.read(rows);
          }
          hasRows = statement.getMoreResults();
        }
      }
    }
  }
}
