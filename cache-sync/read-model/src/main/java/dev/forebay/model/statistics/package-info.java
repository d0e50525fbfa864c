/**
 * What PostgreSQL's statistics say of the models: tables it knows nothing of, links it could only
 * follow by reading a table whole, and how many documents one changed row touches.
 *
 * <p>Entry types: {@link dev.forebay.model.statistics.TableSizes}, {@link
 * dev.forebay.model.statistics.LinkCheck} and {@link dev.forebay.model.statistics.FanOutEstimate}.
 * All it finds is advice: no document depends on it. Confined to one thread; reads no user's row.
 */
@NullMarked
package dev.forebay.model.statistics;

import org.jspecify.annotations.NullMarked;
