/**
 * A plan for people and for scripts.
 *
 * <p>Entry types: {@link dev.forebay.ops.plan.show.PlanTable} and {@link
 * dev.forebay.ops.plan.show.PlanJson}. Pure functions, safe for any thread; they ask neither
 * database nor KV. Row values appear in the diff of sample documents, and nowhere else.
 */
@NullMarked
package dev.forebay.ops.plan.show;

import org.jspecify.annotations.NullMarked;
