/**
 * The worker's core without a server: the real stages over a database, a store and a KV in memory,
 * one thread, and a seed that decides everything.
 *
 * <p>Start at {@code SimulationTest}. Between any two calls of a stage to the outside anything else
 * may happen: another stage's turn, a commit, a fault, the end of the process.
 */
@NullMarked
package dev.forebay.worker.simulation;

import org.jspecify.annotations.NullMarked;
