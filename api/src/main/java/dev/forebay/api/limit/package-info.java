/**
 * How much the API takes upon itself: requests of one principal, requests at once, connections, and
 * how slow a client may be.
 *
 * <p>Entry types: {@link dev.forebay.api.limit.LimitConfig}, {@link
 * dev.forebay.api.limit.RequestRates}, {@link dev.forebay.api.limit.InFlight} and {@link
 * dev.forebay.api.limit.Connections}. Safe for any thread; nothing here waits. Must not know routes
 * or problems: it says yes or no, and the caller answers.
 */
@NullMarked
package dev.forebay.api.limit;

import org.jspecify.annotations.NullMarked;
