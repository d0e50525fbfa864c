/**
 * What writing to KV costs: counts it, and lets the least important models wait when a day's cap
 * runs short. Knows neither documents' content nor KV.
 */
@NullMarked
package dev.forebay.worker.spend;

import org.jspecify.annotations.NullMarked;
