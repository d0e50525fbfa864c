/**
 * One request to the KV REST API: sending it, judging the answer, repeating it, and the bulk call
 * built from many of them. For the clients in {@code dev.forebay.kv}, not for their callers.
 *
 * <p>Entry type: {@link dev.forebay.kv.http.KvHttp}. It is safe for any thread and blocks the
 * caller; a {@link dev.forebay.kv.http.BulkCall} belongs to one thread. Nothing here knows which
 * endpoints exist.
 */
@NullMarked
package dev.forebay.kv.http;

import org.jspecify.annotations.NullMarked;
