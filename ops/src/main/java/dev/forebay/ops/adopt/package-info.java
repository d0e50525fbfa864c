/**
 * What a person is shown who asks whether KV belongs to the database, and how they agree to adopt
 * it. Entry type: {@link dev.forebay.ops.adopt.AdoptDesk}; one thread. The leader does the work.
 */
@NullMarked
package dev.forebay.ops.adopt;

import org.jspecify.annotations.NullMarked;
