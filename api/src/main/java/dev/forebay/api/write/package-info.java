/**
 * Writes: what one request asks for, done in one transaction with its audit entry and the reply
 * that a repetition gets.
 *
 * <p>Entry type: {@link dev.forebay.api.write.Writes}. Safe for any thread; calls block on
 * PostgreSQL. Must not depend on HTTP: a {@link dev.forebay.api.write.Reply} is what HTTP will
 * send, and is all that is known of it here.
 */
@NullMarked
package dev.forebay.api.write;

import org.jspecify.annotations.NullMarked;
