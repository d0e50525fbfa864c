package dev.forebay.ops.config;

import dev.forebay.model.Instance;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What {@code forebay sync} needs.
 *
 * @param database where documents are built from
 * @param instance which Forebay of that database
 * @param models forebay.yaml
 * @param kv where documents go
 * @param drain how long a leader that is told to stop goes on to settle what it has read
 * @param resyncRate documents that resyncs look at per second; 0 for no limit
 * @param verify how the leader verifies KV by itself
 * @param continueAfterFailover whether a database that has failed over is adopted without a person
 * @param admin where operators connect
 */
public record SyncSettings(
    DatabaseConfig database,
    Instance instance,
    Path models,
    KvTarget kv,
    Duration drain,
    int resyncRate,
    VerifySettings verify,
    boolean continueAfterFailover,
    Endpoint admin) {}
