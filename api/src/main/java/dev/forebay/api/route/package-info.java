/**
 * The routes of resources: from requests to operations, and from what they did to replies.
 *
 * <p>Entry types: {@link dev.forebay.api.route.ResourceRoutes}, one per resource, and {@link
 * dev.forebay.api.route.TransactionRoutes}. Handlers run on the server's virtual threads and block
 * on PostgreSQL. Must not speak SQL.
 */
@NullMarked
package dev.forebay.api.route;

import org.jspecify.annotations.NullMarked;
