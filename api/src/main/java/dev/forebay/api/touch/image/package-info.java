/**
 * Rows as they are: of which columns anything is made, and which rows go along when one is deleted.
 *
 * <p>Entry type: {@link dev.forebay.api.touch.image.TableImages}, safe for any thread. Everything
 * is read inside a write's transaction, by statements of a script. Must not know of documents.
 */
@NullMarked
package dev.forebay.api.touch.image;

import org.jspecify.annotations.NullMarked;
