package dev.forebay.api;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToIntFunction;

/** Shows how much of a pool is in use. */
public final class PoolMetrics {

  private PoolMetrics() {}

  /** Registers the gauges of a pool that is open; the registry is closed before or after it. */
  public static void show(HikariDataSource pool, MeterRegistry registry) {
    HikariPoolMXBean state = pool.getHikariPoolMXBean();
    gauge(registry, "in.use", "Connections in use", state, HikariPoolMXBean::getActiveConnections);
    gauge(registry, "idle", "Connections at rest", state, HikariPoolMXBean::getIdleConnections);
    gauge(
        registry,
        "waiting",
        "Requests that wait for a connection",
        state,
        HikariPoolMXBean::getThreadsAwaitingConnection);
  }

  private static void gauge(
      MeterRegistry registry,
      String name,
      String description,
      HikariPoolMXBean state,
      ToIntFunction<HikariPoolMXBean> value) {
    Gauge.builder("forebay.api.pool." + name, () -> value.applyAsInt(state))
        .description(description)
        .register(registry);
  }
}
