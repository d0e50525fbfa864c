/**
 * Resources: what may be written, and how a body is checked against the columns before SQL.
 *
 * <p>Entry types: {@link dev.forebay.api.resource.ResourceTables}, which joins declarations with
 * the catalog at start, and {@link dev.forebay.api.resource.RowReader}. Safe for any thread. Must
 * not depend on HTTP: bodies come as JSON trees, keys as decoded text, failures leave as {@link
 * dev.forebay.api.problem.ApiProblem}.
 */
@NullMarked
package dev.forebay.api.resource;

import org.jspecify.annotations.NullMarked;
