/**
 * The rows of one resource: its statements, and what one request does to them on a connection.
 *
 * <p>Entry type: {@link dev.forebay.api.row.RowStore}. Safe for any thread; calls block on
 * PostgreSQL, inside a transaction of somebody else's. Must not depend on HTTP, and knows nothing
 * of other resources: what belongs together is {@code write}'s business.
 */
@NullMarked
package dev.forebay.api.row;

import org.jspecify.annotations.NullMarked;
