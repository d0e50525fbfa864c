/** To be written. */
@NullMarked
package dev.forebay.api;

import org.jspecify.annotations.NullMarked;
