/**
 * What a client must see: tokens that name the transactions it made and the documents they touched.
 *
 * <p>Entry type: {@link dev.forebay.api.token.Tokens}, made from a {@link
 * dev.forebay.api.token.TokenConfig}: it issues a token for what was {@link
 * dev.forebay.api.token.Touched} and says the {@link dev.forebay.api.token.Requirement} of a
 * document. {@link dev.forebay.api.token.EdgeSignature} proves that a reader's request comes from
 * our edge. {@code golden/token.json} owns both formats, for the reader in TypeScript too.
 *
 * <p>All types are immutable and safe for any thread; nothing blocks, and nothing that a client
 * sends raises an exception or costs more than a few kilobytes. No secret and no token is ever
 * logged. Must not depend on HTTP or the database.
 */
@NullMarked
package dev.forebay.api.token;

import org.jspecify.annotations.NullMarked;
