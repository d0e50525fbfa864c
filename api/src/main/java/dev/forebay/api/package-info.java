/**
 * The write API: app clients change rows of PostgreSQL over HTTP, one route per resource of
 * forebay.yaml.
 *
 * <p>Entry type: {@link dev.forebay.api.ApiServer}. Here everything is put together. A request goes
 * through {@code http}, {@code route}, {@code write} and {@code row}, none of which knows the one
 * before it. Must not depend on Debezium or Cloudflare: what happens to documents after a write is
 * cache-sync's business.
 */
@NullMarked
package dev.forebay.api;

import org.jspecify.annotations.NullMarked;
