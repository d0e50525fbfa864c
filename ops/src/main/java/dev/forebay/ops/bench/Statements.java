package dev.forebay.ops.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one transaction, as the API sent them: what the bare loop repeats, so that both
 * do the same work in PostgreSQL.
 */
final class Statements {

  /**
   * A statement.
   *
   * @param parameters by their place: texts, numbers, or arrays as {@code Object[]}
   */
  private record One(String sql, Map<Integer, @Nullable Object> parameters) {}

  private final List<One> all = new ArrayList<>();

  /** Listens to what is prepared on the connections of a pool; one transaction at a time. */
  DataSource listening(DataSource pool) {
    return proxy(
        DataSource.class,
        (method, arguments, result) ->
            result instanceof Connection connection ? listening(connection) : result,
        pool);
  }

  void forget() {
    all.clear();
  }

  private Connection listening(Connection connection) {
    return proxy(
        Connection.class,
        (method, arguments, result) -> {
          if (!(result instanceof PreparedStatement statement)) {
            return result;
          }
          One one = new One((String) arguments[0], new TreeMap<>());
          all.add(one);
          return listening(statement, one);
        },
        connection);
  }

  private static PreparedStatement listening(PreparedStatement statement, One one) {
    return proxy(
        PreparedStatement.class,
        (method, arguments, result) -> {
          if (method.startsWith("set") && arguments.length == 2) {
            Object value = arguments[1] instanceof Array array ? array.getArray() : arguments[1];
            one.parameters().put((Integer) arguments[0], value);
          }
          return result;
        },
        statement);
  }

  /**
   * Runs the transaction again.
   *
   * @param from a text that stands for {@code to} where it is a whole parameter
   */
  void repeat(Connection connection, String from, String to) throws SQLException {
    connection.setAutoCommit(false);
    for (One one : all) {
      try (PreparedStatement statement = connection.prepareStatement(one.sql())) {
        for (Map.Entry<Integer, @Nullable Object> parameter : one.parameters().entrySet()) {
          set(connection, statement, parameter.getKey(), parameter.getValue(), from, to);
        }
        if (statement.execute()) {
          read(statement.getResultSet());
        }
      }
    }
    connection.commit();
  }

  private static void set(
      Connection connection,
      PreparedStatement statement,
      int place,
      @Nullable Object value,
      String from,
      String to)
      throws SQLException {
    switch (value) {
      case Object[] array -> statement.setArray(place, connection.createArrayOf("text", array));
      case String text -> statement.setString(place, text.equals(from) ? to : text);
      case Integer number -> statement.setInt(place, number);
      case null -> statement.setString(place, null);
      default -> throw new IllegalStateException("a parameter of " + value.getClass());
    }
  }

  private static void read(ResultSet rows) throws SQLException {
    int columns = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      for (int i = 1; i <= columns; i++) {
        String unused = rows.getString(i);
      }
    }
  }

  /** How many there are, and what they say. */
  @Override
  public String toString() {
    return String.join("\n", all.stream().map(One::sql).toList());
  }

  /** Looks at a call's result, and may change it. */
  private interface Listener {
    @Nullable Object heard(String method, Object[] arguments, @Nullable Object result)
        throws SQLException;
  }

  private static <T> T proxy(Class<T> type, Listener listener, T target) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              Object[] given = arguments == null ? new Object[0] : arguments;
              try {
                Object result = method.invoke(target, given);
                return listener.heard(method.getName(), given, result);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            });
    return type.cast(proxy);
  }
}
