package dev.forebay.api.auth.jwt;

import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.SignedJWT;
import dev.forebay.api.auth.Principal;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whose a JWT is.
 *
 * <p>Accepted is a token in compact form of at most {@value #MAX_LENGTH} characters, signed RS256
 * (with 2,048 bits at least), ES256 or EdDSA (Ed25519) by the key of the issuer that its header
 * names by {@code kid}; for us ({@code iss}, {@code aud}); within {@code exp}, which it must have,
 * and {@code nbf}, give or take 60 s; with a {@code sub} of up to 255 characters. Any {@code crit}
 * and any {@code typ} but JWT and at+jwt is refused. Roles are an array of texts or a text with
 * spaces; a token without them has none, one with anything else is refused.
 *
 * <p>Keys: fetched from the issuer's JWKS URL with the first token, and remembered; see {@link
 * SigningKeys}. Nothing is remembered of tokens: one that expires is refused at once.
 *
 * <p>Safe for any thread.
 */
public final class JwtVerifier {

  static final int MAX_LENGTH = 7_000;

  private static final Logger LOG = LoggerFactory.getLogger(JwtVerifier.class);

  private static final Set<JOSEObjectType> TYPES =
      Set.of(
          JOSEObjectType.JWT,
          new JOSEObjectType("at+jwt"),
          new JOSEObjectType("application/at+jwt"));

  private final SigningKeys keys;
  private final ClaimRules rules;

  /**
   * @param config whose tokens are accepted
   */
  public JwtVerifier(JwtConfig config) {
    this(config, InstantSource.system(), Ticker.systemTicker());
  }

  JwtVerifier(JwtConfig config, InstantSource clock, Ticker ticker) {
    this.keys = new SigningKeys(new JwksClient(config.jwks()), ticker);
    this.rules = new ClaimRules(config, clock);
  }

  /**
   * Finds whose token this is.
   *
   * @param presented what the client sent, anything
   * @return empty if it is no token, or one that must not be accepted
   * @throws KeysUnavailableException if it is not known whether the key is the issuer's; the token
   *     may be good
   */
  public Optional<Principal> verify(String presented) {
    try {
      return Optional.of(principal(presented));
    } catch (RefusedTokenException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("token refused");
      return Optional.empty();
    }
  }

  private Principal principal(String presented) throws RefusedTokenException {
    if (presented.length() > MAX_LENGTH) {
      throw new RefusedTokenException("too long");
    }
    SignedJWT token = read(presented);
    checkHeader(token.getHeader());
    JWK key = keys.find(token.getHeader().getKeyID()).orElse(null);
    if (key == null || !Signatures.isBy(key, token)) {
      throw new RefusedTokenException(key == null ? "unknown key" : "wrong signature");
    }
    try {
      return rules.principal(token.getJWTClaimsSet());
    } catch (ParseException e) {
      throw new RefusedTokenException("claims that cannot be read");
    }
  }

  private static SignedJWT read(String presented) throws RefusedTokenException {
    try {
      return SignedJWT.parse(presented);
    } catch (ParseException | RuntimeException e) {
      // Of strangers' texts the library answers some with unchecked ones: a header that is null.
      throw new RefusedTokenException("not a JWT");
    }
  }

  private static void checkHeader(JWSHeader header) throws RefusedTokenException {
    if (!Signatures.isAllowed(header.getAlgorithm())) {
      throw new RefusedTokenException("algorithm not allowed");
    }
    if (header.getType() != null && !TYPES.contains(header.getType())) {
      throw new RefusedTokenException("another type of token");
    }
    if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
      throw new RefusedTokenException("a header that must be understood");
    }
    if (header.getKeyID() == null) {
      throw new RefusedTokenException("no key named");
    }
  }
}
