package dev.forebay.worker.publish;

import java.time.Duration;

/**
 * How documents are written to KV.
 *
 * @param keyPrefix what stands before every key
 * @param history goes into each document's metadata
 * @param keySpacing the least time between two writes of one key; Cloudflare allows one a second
 *     (developers.cloudflare.com/kv/platform/limits, 2026-11)
 * @param intentHorizon how long after its start a call may still be applied, all its attempts
 *     included
 */
public record PublishConfig(
    String keyPrefix, String history, Duration keySpacing, Duration intentHorizon) {}
