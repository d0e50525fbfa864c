/**
 * Fakes for the tests of modules that use kv-client.
 *
 * <p>Entry type: {@link dev.forebay.kv.testing.InMemoryKvClient}, a namespace in memory that fails
 * when told to. Safe for any thread. Must not depend on HTTP or on a test framework.
 */
@NullMarked
package dev.forebay.kv.testing;

import org.jspecify.annotations.NullMarked;
