/**
 * {@code forebay explain}: why one document is as it is.
 *
 * <p>Entry type: {@link dev.forebay.ops.explain.ExplainDesk}, for one thread. It asks KV, the
 * ledger, PostgreSQL and the running worker, each of which may be away, and changes nothing. {@link
 * dev.forebay.ops.explain.Conclusion} and the two ways to show it are pure functions. Row values
 * appear in the difference that a person asks for, and nowhere else.
 */
@NullMarked
package dev.forebay.ops.explain;

import org.jspecify.annotations.NullMarked;
