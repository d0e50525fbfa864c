/** To be written. */
@NullMarked
package dev.forebay.ops;

import org.jspecify.annotations.NullMarked;
