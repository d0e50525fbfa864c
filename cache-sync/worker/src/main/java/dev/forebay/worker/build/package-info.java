/**
 * From dirty documents to their content, read from PostgreSQL in one snapshot per model.
 *
 * <p>Entry type: {@link dev.forebay.worker.build.DocumentBuilder}, safe for any thread. A document
 * is built only in a snapshot that sees every transaction that dirtied it.
 */
@NullMarked
package dev.forebay.worker.build;

import org.jspecify.annotations.NullMarked;
