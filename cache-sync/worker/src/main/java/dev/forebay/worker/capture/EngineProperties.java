package dev.forebay.worker.capture;

import java.util.Properties;

/**
 * What an engine is told.
 *
 * <p>Three settings carry the promise that nothing is lost. Offsets live in memory and each engine
 * has a store of its own, because Debezium 3.6 loses rows when it resumes from a stored offset.
 * {@code errors.max.retries=0}, because it loses rows too when it restarts its task inside an
 * engine. {@code skipped.operations=none}, because the default drops TRUNCATE in silence.
 */
final class EngineProperties {

  /** Marks the messages that we write into the log ourselves. */
  static final String MESSAGE_PREFIX = "forebay";

  /** What stands where the log carries no value; not a text that an application would store. */
  static final String UNAVAILABLE = "__forebay_unavailable_value_8a52f1c3__";

  /** What an engine may hold of rows that were not handed over yet. */
  private static final int QUEUE_BYTES = 64 * 1024 * 1024;

  private EngineProperties() {}

  /**
   * @param nonce what this attempt's heartbeats say
   */
  static Properties of(CaptureConfig config, String nonce) {
    DatabaseAddress database = config.database();
    Properties properties = new Properties();
    properties.setProperty("name", config.instance().databaseName());
    // It names the engine's JMX beans too, which an engine that did not end would still hold.
    properties.setProperty("topic.prefix", "forebay-" + nonce);
    properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    properties.setProperty("database.hostname", database.host());
    properties.setProperty("database.port", Integer.toString(database.port()));
    properties.setProperty("database.dbname", database.database());
    properties.setProperty("database.user", database.user());
    properties.setProperty("database.password", database.password());
    properties.setProperty("database.sslmode", database.sslMode());
    // The engine waits for its heartbeat's commit; a standby that is away must not stop it.
    properties.setProperty("driver.options", "-c synchronous_commit=local");
    log(config, properties);
    heartbeat(config, nonce, properties);
    values(properties);
    return properties;
  }

  private static void log(CaptureConfig config, Properties properties) {
    String name = config.instance().databaseName();
    properties.setProperty("plugin.name", "pgoutput");
    properties.setProperty("slot.name", name);
    properties.setProperty("slot.drop.on.stop", "false");
    properties.setProperty("slot.max.retries", "0");
    properties.setProperty("publication.name", name);
    properties.setProperty("publication.autocreate.mode", "disabled");
    properties.setProperty("snapshot.mode", "no_data");
    properties.setProperty("provide.transaction.metadata", "true");
    properties.setProperty("skipped.operations", "none");
    properties.setProperty("tombstones.on.delete", "false");
    properties.setProperty(
        "offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
    properties.setProperty("offset.flush.interval.ms", "0");
    properties.setProperty("errors.max.retries", "0");
    properties.setProperty("max.queue.size.in.bytes", Integer.toString(QUEUE_BYTES));
    properties.setProperty("poll.interval.ms", Long.toString(config.pollInterval().toMillis()));
    properties.setProperty("statistics.metrics.enabled", "false");
  }

  private static void heartbeat(CaptureConfig config, String nonce, Properties properties) {
    properties.setProperty("message.prefix.include.list", MESSAGE_PREFIX);
    properties.setProperty(
        "heartbeat.interval.ms", Long.toString(config.heartbeatInterval().toMillis()));
    properties.setProperty(
        "heartbeat.action.query",
        "select pg_logical_emit_message(true, '" + MESSAGE_PREFIX + "', '" + nonce + "')");
  }

  private static void values(Properties properties) {
    properties.setProperty("unavailable.value.placeholder", UNAVAILABLE);
    properties.setProperty("decimal.handling.mode", "string");
    properties.setProperty("interval.handling.mode", "string");
    properties.setProperty("time.precision.mode", "isostring");
    properties.setProperty("binary.handling.mode", "bytes");
  }
}
