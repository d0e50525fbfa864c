package dev.forebay.api;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Counts the connections that origin reads take. */
final class CountingDataSource implements DataSource {

  private final DataSource pool;
  private final AtomicInteger taken = new AtomicInteger();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  CountingDataSource(DataSource pool) {
    this.pool = pool;
  }

  /** Lets origin reads wait for their connection until the latch is open. */
  void holdBack(CountDownLatch latch) {
    gate = latch;
  }

  int taken() {
    return taken.get();
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (Thread.currentThread().getName().equals("origin-load")) {
      taken.incrementAndGet();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new SQLException("interrupted", e);
      }
    }
    return pool.getConnection();
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return pool.getConnection(user, password);
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    pool.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return pool.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return pool.isWrapperFor(type);
  }
}
