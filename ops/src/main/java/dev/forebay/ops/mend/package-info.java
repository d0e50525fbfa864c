/**
 * SQL that mends what {@code forebay check} finds, and the proof that it is harmless.
 *
 * <p>A replica identity or a publication can make the user's own UPDATE and DELETE fail, so nothing
 * of that kind is proposed before PostgreSQL has accepted both on an empty copy of the table, and
 * nothing is committed before it has on the table itself. Entry types: {@link
 * dev.forebay.ops.mend.Mender}, then {@link dev.forebay.ops.mend.FixScript} or {@link
 * dev.forebay.ops.mend.Application}. For one thread, on a connection that is not its own. Must not
 * know how the problems were found.
 */
@NullMarked
package dev.forebay.ops.mend;

import org.jspecify.annotations.NullMarked;
