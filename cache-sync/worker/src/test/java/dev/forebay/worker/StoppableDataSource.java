package dev.forebay.worker;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * The database of a process that is stopped, as by SIGSTOP: from then on nothing gets a connection,
 * neither the lease's renewal nor any stage, until it is resumed.
 */
final class StoppableDataSource implements DataSource {

  private final DataSource target;
  private final AtomicBoolean armed = new AtomicBoolean();
  private final CountDownLatch committed = new CountDownLatch(1);
  private final CountDownLatch resumed = new CountDownLatch(1);
  private volatile boolean stopped;

  StoppableDataSource(DataSource target) {
    this.target = target;
  }

  /** Stops everything now. */
  void stop() {
    stopped = true;
  }

  /** Stops everything when the next call is committed, before it is made. */
  void stopAfterOpening() {
    armed.set(true);
  }

  /** Waits until that has happened. */
  void awaitIntents() throws InterruptedException {
    committed.await();
  }

  /** Lets everything go on where it was. */
  void resume() {
    stopped = false;
    resumed.countDown();
  }

  private void awaitResumed() throws SQLException {
    try {
      resumed.await();
    } catch (InterruptedException e) {
      throw new SQLException(e);
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (stopped) {
      awaitResumed();
    }
    Connection connection = target.getConnection();
    AtomicBoolean opensCall = new AtomicBoolean();
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.getName().equals("prepareStatement")
              && ((String) arguments[0]).contains("insert into call")) {
            opensCall.set(true);
          }
          Object result;
          try {
            result = method.invoke(connection, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          if (method.getName().equals("commit")
              && opensCall.get()
              && armed.compareAndSet(true, false)) {
            stopped = true;
            committed.countDown();
            awaitResumed();
          }
          return result;
        };
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Connection.class}, handler);
  }

  @Override
  public Connection getConnection(String user, String password) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return target.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    target.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    target.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return target.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return target.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return target.isWrapperFor(type);
  }
}
