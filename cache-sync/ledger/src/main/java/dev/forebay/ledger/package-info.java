/** To be written. */
@NullMarked
package dev.forebay.ledger;

import org.jspecify.annotations.NullMarked;
