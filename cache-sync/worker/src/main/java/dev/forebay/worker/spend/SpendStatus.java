package dev.forebay.worker.spend;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What writing costs, for people.
 *
 * @param writesToday pairs written today (UTC)
 * @param cap how many there may be; null without a cap
 * @param month so far and projected
 * @param held documents that wait until the cap lets them through, by model
 */
public record SpendStatus(
    long writesToday, @Nullable Long cap, MonthSpend month, Map<String, Long> held) {}
