/**
 * The database as the stages read it: which documents changed rows touch, and what documents hold,
 * each in one snapshot.
 *
 * <p>Entry type: {@link dev.forebay.worker.source.Source}; {@link
 * dev.forebay.worker.source.PostgresSource} is the real one, tests have others that need no server.
 * A source is safe for any thread, a session is confined to one. Nothing here knows KV.
 */
@NullMarked
package dev.forebay.worker.source;

import org.jspecify.annotations.NullMarked;
