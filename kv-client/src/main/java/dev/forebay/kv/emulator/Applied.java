package dev.forebay.kv.emulator;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of one key, in the order in which the emulator made them.
 *
 * @param number from 1, over all keys of the namespace
 * @param request the number of the HTTP request that asked for it
 * @param value null if the key was deleted
 * @param late whether it was made after its request was given up
 */
public record Applied(
    long number, Instant at, long request, String key, @Nullable StoredValue value, boolean late) {}
