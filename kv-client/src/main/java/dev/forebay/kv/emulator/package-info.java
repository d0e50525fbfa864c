/**
 * A server that behaves like Cloudflare's KV REST API, with its limits, errors and delays, for
 * tests and benchmarks.
 *
 * <p>Entry type: {@link dev.forebay.kv.emulator.KvEmulator}. Everything is in memory and safe for
 * any thread; time comes from an injected clock and nothing runs in the background. What a fault
 * does is decided by whoever scripts it ({@link dev.forebay.kv.emulator.Faults}). Must not depend
 * on the client, so that the two cannot share a mistake; only limits and pacing are common.
 */
@NullMarked
package dev.forebay.kv.emulator;

import org.jspecify.annotations.NullMarked;
