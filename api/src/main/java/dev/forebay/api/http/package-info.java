/**
 * HTTP itself: the server, what every request passes first, bodies, and problems as answers.
 *
 * <p>Entry type: {@link dev.forebay.api.http.HttpServer}, which is given {@link
 * dev.forebay.api.http.Routes}. Every request runs on a virtual thread of its own and may block.
 * Must hold no SQL and know nothing of rows.
 */
@NullMarked
package dev.forebay.api.http;

import org.jspecify.annotations.NullMarked;
