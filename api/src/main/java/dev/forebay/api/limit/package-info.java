/**
 * How much the API takes upon itself: requests of one principal, requests at once, connections, how
 * slow a client may be, and how often the log says the same.
 *
 * <p>Entry types: {@link dev.forebay.api.limit.LimitConfig}, {@link
 * dev.forebay.api.limit.RequestRates}, {@link dev.forebay.api.limit.InFlight}, {@link
 * dev.forebay.api.limit.Connections} and {@link dev.forebay.api.limit.Seldom}. Safe for any thread;
 * nothing here waits. Must not know routes or problems: it says yes or no, and the caller answers.
 */
@NullMarked
package dev.forebay.api.limit;

import org.jspecify.annotations.NullMarked;
