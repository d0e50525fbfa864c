/**
 * JSON Web Tokens of one issuer as proof of a principal (RFC 7519, checked as RFC 8725 advises).
 *
 * <p>Entry type: {@link dev.forebay.api.auth.jwt.JwtVerifier}, made from a {@link
 * dev.forebay.api.auth.jwt.JwtConfig}. Safe for any thread; a call blocks only where the issuer's
 * keys must be fetched, for {@link dev.forebay.api.auth.jwt.JwksClient#DEADLINE} at most. No token
 * and no part of one is ever logged, and nothing is told to the client but that it is refused.
 */
@NullMarked
package dev.forebay.api.auth.jwt;

import org.jspecify.annotations.NullMarked;
