/**
 * The port operators look at: metrics, liveness, readiness and the status of one process, and the
 * client and the table behind {@code forebay status}.
 *
 * <p>Entry types: {@link dev.forebay.ops.admin.AdminServer} and {@link
 * dev.forebay.ops.admin.AdminClient}. Handlers run on the server's threads; what they are given
 * must be safe for any thread. This package must not know how a process is put together, and it
 * never answers with a row or a secret.
 */
@NullMarked
package dev.forebay.ops.admin;

import org.jspecify.annotations.NullMarked;
