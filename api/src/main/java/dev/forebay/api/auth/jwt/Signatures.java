package dev.forebay.api.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Set;

/**
 * Whether a key has signed a token. The algorithm is one of three, and the key must be of its kind:
 * what a header says decides between signatures of the issuer, never how to read its public key.
 */
final class Signatures {

  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.EdDSA);

  /** RFC 7518 section 3.3. */
  private static final int LEAST_RSA_BITS = 2048;

  private static final int ED25519_BYTES = 32;

  /** What stands before the 32 bytes of a key in a SubjectPublicKeyInfo, RFC 8410 section 4. */
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private Signatures() {}

  /** Whether tokens signed so are looked at. */
  static boolean isAllowed(JWSAlgorithm algorithm) {
    return ALGORITHMS.contains(algorithm);
  }

  /** Whether the token was signed with this key, and the key is for that. */
  static boolean isBy(JWK key, SignedJWT token) {
    JWSHeader header = token.getHeader();
    if (!isFor(key, header.getAlgorithm())) {
      return false;
    }
    try {
      return switch (key) {
        case RSAKey rsa ->
            header.getAlgorithm().equals(JWSAlgorithm.RS256)
                && rsa.size() >= LEAST_RSA_BITS
                && token.verify(new RSASSAVerifier(rsa));
        case ECKey ec ->
            header.getAlgorithm().equals(JWSAlgorithm.ES256)
                && ec.getCurve().equals(Curve.P_256)
                && token.verify(new ECDSAVerifier(ec));
        case OctetKeyPair pair ->
            header.getAlgorithm().equals(JWSAlgorithm.EdDSA)
                && pair.getCurve().equals(Curve.Ed25519)
                && isBy(pair.getDecodedX(), token);
        default -> false;
      };
    } catch (JOSEException | GeneralSecurityException e) {
      // A key or a signature that cannot be read proves nothing.
      return false;
    }
  }

  private static boolean isFor(JWK key, JWSAlgorithm algorithm) {
    Set<KeyOperation> operations = key.getKeyOperations();
    return (key.getAlgorithm() == null || key.getAlgorithm().equals(algorithm))
        && (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
        && (operations == null || operations.contains(KeyOperation.VERIFY));
  }

  /** The JDK's own Ed25519: the library's wants a further dependency. */
  private static boolean isBy(byte[] key, SignedJWT token) throws GeneralSecurityException {
    if (key.length != ED25519_BYTES) {
      return false;
    }
    byte[] encoded = new byte[ED25519_PREFIX.length + ED25519_BYTES];
    System.arraycopy(ED25519_PREFIX, 0, encoded, 0, ED25519_PREFIX.length);
    System.arraycopy(key, 0, encoded, ED25519_PREFIX.length, ED25519_BYTES);
    PublicKey made =
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(made);
    signature.update(token.getSigningInput());
    return signature.verify(token.getSignature().decode());
  }
}
