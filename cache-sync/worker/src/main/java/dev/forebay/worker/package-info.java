/** To be written. */
@NullMarked
package dev.forebay.worker;

import org.jspecify.annotations.NullMarked;
