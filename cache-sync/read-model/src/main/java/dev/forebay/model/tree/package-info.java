/**
 * A read model with every name resolved: the one tree from which the SQL that builds documents and
 * the SQL that routes changes are both made, so that they cannot disagree.
 *
 * <p>Entry type: {@link dev.forebay.model.tree.Tree}. Immutable. Knows tables, not the file they
 * were named in, and holds no SQL but the user's own expressions.
 */
@NullMarked
package dev.forebay.model.tree;

import org.jspecify.annotations.NullMarked;
