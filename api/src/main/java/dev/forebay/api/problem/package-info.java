/**
 * What the API answers when it cannot do what was asked: RFC 9457 problem details.
 *
 * <p>Entry types: {@link dev.forebay.api.problem.ApiProblem}, thrown anywhere below a route, and
 * {@link dev.forebay.api.problem.SqlProblems}, the one place where SQLSTATEs become problems.
 * Immutable and safe for any thread. Must not depend on the HTTP server, and nothing in here may
 * carry a row value, SQL text or a stack trace into an answer.
 */
@NullMarked
package dev.forebay.api.problem;

import org.jspecify.annotations.NullMarked;
