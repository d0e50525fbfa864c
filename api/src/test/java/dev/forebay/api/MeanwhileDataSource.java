package dev.forebay.api;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pool on whose connections something happens just before, and just after, the next COMMIT, and
 * that counts what is sent.
 */
final class MeanwhileDataSource {

  /** What others do. */
  interface Event {
    void happen() throws SQLException;
  }

  private static final Set<String> SENDING =
      Set.of("prepareStatement", "createStatement", "commit", "setSavepoint", "releaseSavepoint");

  private final AtomicInteger sent = new AtomicInteger();
  private volatile @Nullable Event before;
  private volatile @Nullable Event after;

  /** Happens once, when everything but the COMMIT is done. */
  void beforeCommit(Event event) {
    before = event;
  }

  /** Happens once, when the COMMIT is done. */
  void afterCommit(Event event) {
    after = event;
  }

  /** Statements, scripts and COMMITs until now. */
  int sent() {
    return sent.get();
  }

  DataSource around(DataSource pool) {
    return proxy(
        DataSource.class,
        (self, method, arguments) -> {
          Object result = call(method, pool, arguments);
          return result instanceof Connection connection ? around(connection) : result;
        });
  }

  private Connection around(Connection connection) {
    return proxy(
        Connection.class,
        (self, method, arguments) -> {
          if (SENDING.contains(method.getName())) {
            sent.incrementAndGet();
          }
          if (!method.getName().equals("commit")) {
            return call(method, connection, arguments);
          }
          Event first = before;
          before = null;
          if (first != null) {
            first.happen();
          }
          call(method, connection, arguments);
          Event then = after;
          after = null;
          if (then != null) {
            then.happen();
          }
          return null;
        });
  }

  private static @Nullable Object call(Method method, Object target, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
