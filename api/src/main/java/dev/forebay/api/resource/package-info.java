/**
 * The rows of resources: what may be written, how it is checked before SQL, and the transactions
 * that write it.
 *
 * <p>Entry types: {@link dev.forebay.api.resource.ResourceTables}, which joins declarations with
 * the catalog at start, and {@link dev.forebay.api.resource.ResourceStore}, one per resource. Safe
 * for any thread; stores block on PostgreSQL. Must not depend on HTTP: bodies come as JSON trees,
 * keys as decoded text, failures leave as {@link dev.forebay.api.problem.ApiProblem}.
 */
@NullMarked
package dev.forebay.api.resource;

import org.jspecify.annotations.NullMarked;
