/**
 * Development mode: a whole Forebay on one machine, with a PostgreSQL and a Pages server of its
 * own, all of it kept in one directory.
 *
 * <p>Entry type: {@link dev.forebay.ops.dev.DevMode}. It starts child processes and is responsible
 * for every one of them, also for those that a killed predecessor left behind. One thread starts
 * and any thread may close. Nothing here is used in production.
 */
@NullMarked
package dev.forebay.ops.dev;

import org.jspecify.annotations.NullMarked;
