/**
 * Resources over HTTP: routes, bodies, headers, problems as answers.
 *
 * <p>Entry type: {@link dev.forebay.api.http.HttpServer}. Every request runs on a virtual thread of
 * its own and may block. Must hold no SQL and no rule about rows: it turns requests into calls of
 * {@link dev.forebay.api.resource.ResourceStore} and results into answers.
 */
@NullMarked
package dev.forebay.api.http;

import org.jspecify.annotations.NullMarked;
