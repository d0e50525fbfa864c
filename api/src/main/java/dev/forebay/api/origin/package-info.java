/**
 * Origin reads: a document as the primary has it now, for a reader that must see its own write.
 *
 * <p>Entry type: {@link dev.forebay.api.origin.OriginRoutes}, of an {@link
 * dev.forebay.api.origin.OriginConfig}. A version that the cache holds is taken where it meets what
 * the reader's token demands; else the document is built once for all who wait for it. Safe for any
 * thread; requests wait, for a bounded time. Must not know of writes or resources: the database is
 * only read here.
 */
@NullMarked
package dev.forebay.api.origin;

import org.jspecify.annotations.NullMarked;
