/**
 * What the rest of the house says about documents: which table a row belongs to, which document a
 * key names, which snapshot a document was built in.
 *
 * <p>Entry type: {@link dev.forebay.model.ReadModels}, compiled from forebay.yaml by {@code
 * dev.forebay.model.compile.ModelCompiler}. Every type here is immutable or confined to one thread
 * where it says so. This package knows PostgreSQL through JDBC; it must not know Cloudflare, HTTP
 * or Debezium.
 */
@NullMarked
package dev.forebay.model;

import org.jspecify.annotations.NullMarked;
