/** How far long work is, for a person who watches. */
@NullMarked
package dev.forebay.ops.progress;

import org.jspecify.annotations.NullMarked;
