/**
 * Cloudflare Workers KV over its REST API, as something that keeps KV in step with another store
 * needs it: bulk calls of any size that say for every key what became of it.
 *
 * <p>Entry type: {@link dev.forebay.kv.KvClient}. Clients are safe for any thread and block the
 * caller. This package knows nothing of read models, PostgreSQL or the rest of Forebay.
 */
@NullMarked
package dev.forebay.kv;

import org.jspecify.annotations.NullMarked;
