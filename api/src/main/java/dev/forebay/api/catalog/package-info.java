/**
 * What PostgreSQL's catalog says of the tables behind resources, read once at start.
 *
 * <p>Entry type: {@link dev.forebay.api.catalog.CatalogReader}. Records are immutable and safe for
 * any thread. Must not depend on HTTP or on resources: it describes tables as they are.
 */
@NullMarked
package dev.forebay.api.catalog;

import org.jspecify.annotations.NullMarked;
