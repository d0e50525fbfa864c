/**
 * How a process comes up and goes down: what it opens, in which order, and how it looks at its
 * surroundings before it trusts them.
 *
 * <p>Entry types: {@link dev.forebay.ops.start.Lifetime} and {@link
 * dev.forebay.ops.start.Preflight}. A lifetime is safe for any thread, the rest is for the thread
 * that starts. Everything wrong with the set-up leaves here as {@link
 * dev.forebay.model.InvalidSetupException}, one problem per fault.
 */
@NullMarked
package dev.forebay.ops.start;

import org.jspecify.annotations.NullMarked;
