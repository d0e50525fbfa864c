/**
 * From changed rows to dirty documents, in a snapshot that sees the rows' transactions.
 *
 * <p>Entry type: {@link dev.forebay.worker.route.Routing}, run by one thread. It reads PostgreSQL
 * and the compiled models, and never looks at a row's content beyond what routing needs.
 */
@NullMarked
package dev.forebay.worker.route;

import org.jspecify.annotations.NullMarked;
