/**
 * Writes the SQL of a read model from its tree: what builds documents, what routes changed rows to
 * them, what lists their keys.
 *
 * <p>Entry types: {@link dev.forebay.model.sql.BuildSql}, {@link
 * dev.forebay.model.sql.AffectedSql}, {@link dev.forebay.model.sql.KeysSql}. Pure functions from
 * tree to text, safe for any thread. Every name is quoted, every table and every operator of an
 * extension carries its schema, values are parameters. Must not open connections.
 */
@NullMarked
package dev.forebay.model.sql;

import org.jspecify.annotations.NullMarked;
