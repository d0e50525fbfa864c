/**
 * What SQL depends on besides the rows it is meant to read: other relations, and functions whose
 * result changes without any row.
 *
 * <p>Entry type: {@link dev.forebay.model.closed.DependencyReader}, which asks PostgreSQL by making
 * a temporary view in a transaction that is rolled back. Confined to one thread. Knows no read
 * models.
 */
@NullMarked
package dev.forebay.model.closed;

import org.jspecify.annotations.NullMarked;
