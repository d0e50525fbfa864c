/**
 * What PostgreSQL's catalog says about tables, as far as documents depend on it.
 *
 * <p>Entry type: {@link dev.forebay.model.catalog.Catalog}, read by {@link
 * dev.forebay.model.catalog.CatalogReader} in five queries whatever the number of tables. All
 * records are immutable copies: they do not follow later changes of the schema. Must not know
 * forebay.yaml.
 */
@NullMarked
package dev.forebay.model.catalog;

import org.jspecify.annotations.NullMarked;
