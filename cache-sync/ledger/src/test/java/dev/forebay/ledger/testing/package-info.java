/**
 * What tests need that work with a real ledger, in this module and in those above it.
 *
 * <p>Entry type: {@link dev.forebay.ledger.testing.LedgerFixture}, for a test class to extend. One
 * thread per test class.
 */
@NullMarked
package dev.forebay.ledger.testing;

import org.jspecify.annotations.NullMarked;
