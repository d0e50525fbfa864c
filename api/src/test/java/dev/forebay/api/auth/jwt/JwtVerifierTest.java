package dev.forebay.api.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.forebay.api.auth.Principal;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which signatures, headers and texts are accepted. */
class JwtVerifierTest {

  private static TestIssuer issuer;

  private final TestClock clock = new TestClock();
  private JwtVerifier verifier;

  @BeforeAll
  static void start() throws Exception {
    issuer = new TestIssuer();
  }

  @AfterAll
  static void stop() {
    issuer.close();
  }

  @BeforeEach
  void begin() {
    verifier = new JwtVerifier(issuer.config(), clock, clock);
  }

  private JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(TestIssuer.NAME)
        .audience(TestIssuer.AUDIENCE)
        .subject("alice")
        .expirationTime(in(Duration.ofMinutes(5)))
        .claim("roles", List.of("editor", "author"));
  }

  private Date in(Duration time) {
    return Date.from(clock.instant().plus(time));
  }

  private boolean accepts(JWTClaimsSet.Builder claims) throws JOSEException {
    return verifier.verify(issuer.token(claims.build())).isPresent();
  }

  private static JWSHeader.Builder header(JWSAlgorithm algorithm, String key) {
    return new JWSHeader.Builder(algorithm).keyID(key);
  }

  @Test
  void token_provesSubjectRolesAndClaims() throws Exception {
    Principal principal =
        verifier.verify(issuer.token(claims().claim("tenant", 7).build())).orElseThrow();

    assertThat(principal.name()).isEqualTo("jwt:alice");
    assertThat(principal.roles()).containsExactlyInAnyOrder("editor", "author");
    assertThat(JWTClaimsSet.parse(principal.claims()).getClaims())
        .containsEntry("tenant", 7L)
        .containsEntry("sub", "alice");
    assertThat(principal.toString()).doesNotContain("tenant", "iss");
  }

  @Test
  void token_signedES256() throws Exception {
    String token =
        TestIssuer.sign(header(JWSAlgorithm.ES256, "ec-1").build(), claims().build(), issuer.ec);

    assertThat(verifier.verify(token)).isPresent();
    assertThat(verifier.verify(changed(token))).isEmpty();
  }

  @Test
  void token_signedEdDSA() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] x = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    OctetKeyPair key =
        new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).keyID("ed-1").build();
    JWSHeader plain = header(JWSAlgorithm.EdDSA, "ed-1").build();
    String signed = signedEdDSA(plain, pair);
    JWSHeader critical =
        header(JWSAlgorithm.EdDSA, "ed-1")
            .criticalParams(Set.of("exp"))
            .customParam("exp", 1)
            .build();
    try (TestIssuer other = new TestIssuer()) {
      other.publish(key);
      JwtVerifier its = new JwtVerifier(other.config(), clock, clock);

      assertThat(its.verify(signed)).isPresent();
      assertThat(its.verify(signedEdDSA(critical, pair))).as("this check is ours alone").isEmpty();
      assertThat(its.verify(changed(signed))).isEmpty();
      assertThat(its.verify(signed.substring(0, signed.lastIndexOf('.') + 1) + "AA")).isEmpty();
    }
  }

  private String signedEdDSA(JWSHeader header, KeyPair pair) throws Exception {
    SignedJWT token = new SignedJWT(header, claims().build());
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(pair.getPrivate());
    signature.update(token.getSigningInput());
    return new String(token.getSigningInput(), StandardCharsets.US_ASCII)
        + "."
        + Base64URL.encode(signature.sign());
  }

  @Test
  void algorithm_none() {
    String token = new PlainJWT(claims().build()).serialize();

    assertThat(verifier.verify(token)).isEmpty();
    String signed = token + Base64URL.encode("x");
    assertThat(verifier.verify(signed)).isEmpty();
    for (String none : new String[] {"none", "None", "NONE", "", "nOnE"}) {
      String header = "{\"alg\":\"" + none + "\",\"kid\":\"rsa-1\"}";
      String body = "." + Base64URL.encode(claims().build().toString()) + ".";
      assertThat(verifier.verify(Base64URL.encode(header) + body)).as(none).isEmpty();
      assertThat(verifier.verify(Base64URL.encode(header) + body + "AA")).as(none).isEmpty();
    }
  }

  @Test
  void algorithm_HS256_withThePublicKeyAsSecret() throws Exception {
    RSAPublicKey key = issuer.rsa.toRSAPublicKey();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    for (byte[] secret :
        List.of(
            key.getEncoded(),
            pem.getBytes(StandardCharsets.US_ASCII),
            issuer.rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.US_ASCII),
            issuer.rsa.getModulus().decode())) {
      SignedJWT token =
          new SignedJWT(header(JWSAlgorithm.HS256, "rsa-1").build(), claims().build());
      token.sign(new MACSigner(secret));

      assertThat(verifier.verify(token.serialize())).isEmpty();
    }
  }

  @Test
  void algorithm_HS256_withASecretThatTheIssuerPublishes() throws Exception {
    byte[] secret = new byte[32];
    SignedJWT token = new SignedJWT(header(JWSAlgorithm.HS256, "oct").build(), claims().build());
    token.sign(new MACSigner(secret));
    try (TestIssuer other = new TestIssuer()) {
      other.answer(exchange ->
          TestIssuer.send(
              exchange,
              200,
              "{\"keys\":["
                  + new OctetSequenceKey.Builder(secret).keyID("oct").build().toJSONString()
                  + "]}"));

      assertThat(new JwtVerifier(other.config(), clock, clock).verify(token.serialize())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS384", "RS512", "PS256", "PS512"})
  void algorithm_notOnTheList(String name) throws Exception {
    SignedJWT token =
        new SignedJWT(header(JWSAlgorithm.parse(name), "rsa-1").build(), claims().build());
    token.sign(new RSASSASigner(issuer.rsa));

    assertThat(verifier.verify(token.serialize())).isEmpty();
  }

  @Test
  void key_ofAnotherKindThanTheAlgorithm() throws Exception {
    String token =
        TestIssuer.sign(header(JWSAlgorithm.ES256, "rsa-1").build(), claims().build(), issuer.ec);

    assertThat(verifier.verify(token)).isEmpty();
  }

  @Test
  void key_thatIsNotForThis() throws Exception {
    RSAKey forEncryption =
        new RSAKey.Builder(TestIssuer.rsa("enc")).keyUse(KeyUse.ENCRYPTION).build();
    RSAKey forOther =
        new RSAKey.Builder(TestIssuer.rsa("ps")).algorithm(JWSAlgorithm.PS256).build();
    KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
    small.initialize(1024);
    KeyPair pair = small.generateKeyPair();
    RSAKey tooSmall = new RSAKey.Builder((RSAPublicKey) pair.getPublic()).keyID("small").build();
    ECKey otherCurve = new ECKeyGenerator(Curve.P_384).keyID("p384").generate();
    try (TestIssuer other = new TestIssuer()) {
      other.publish(forEncryption, forOther, tooSmall, otherCurve);
      JwtVerifier its = new JwtVerifier(other.config(), clock, clock);

      for (RSAKey key : List.of(forEncryption, forOther)) {
        JWSHeader header = header(JWSAlgorithm.RS256, key.getKeyID()).build();
        assertThat(its.verify(TestIssuer.sign(header, claims().build(), key))).isEmpty();
      }
      SignedJWT weak = new SignedJWT(header(JWSAlgorithm.RS256, "small").build(), claims().build());
      weak.sign(new RSASSASigner(pair.getPrivate(), Set.of(AllowWeakRSAKey.getInstance())));
      assertThat(its.verify(weak.serialize())).isEmpty();
      String curve =
          TestIssuer.sign(header(JWSAlgorithm.ES384, "p384").build(), claims().build(), otherCurve);
      assertThat(its.verify(curve)).isEmpty();
    }
  }

  @Test
  void signature_bySomebodyElse() throws Exception {
    RSAKey other = TestIssuer.rsa("rsa-1");
    String token =
        TestIssuer.sign(header(JWSAlgorithm.RS256, "rsa-1").build(), claims().build(), other);
    String withKey =
        TestIssuer.sign(
            header(JWSAlgorithm.RS256, "rsa-1").jwk(other.toPublicJWK()).build(),
            claims().build(),
            other);

    assertThat(verifier.verify(token)).isEmpty();
    assertThat(verifier.verify(withKey)).as("a key that the token brings").isEmpty();
    assertThat(verifier.verify(changed(issuer.token(claims().build())))).isEmpty();
  }

  @Test
  void payload_changed() throws Exception {
    String[] parts = issuer.token(claims().build()).split("\\.", 3);
    String other = Base64URL.encode(claims().subject("root").build().toString()).toString();

    assertThat(verifier.verify(parts[0] + "." + other + "." + parts[2])).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "JWT, true",
    "jwt, true",
    "at+jwt, true",
    "AT+JWT, true",
    "application/at+jwt, true",
    "logout+jwt, false"
  })
  void type_ofTheToken(String type, boolean accepted) throws Exception {
    JWSHeader header = header(JWSAlgorithm.RS256, "rsa-1").type(new JOSEObjectType(type)).build();

    assertThat(verifier.verify(TestIssuer.sign(header, claims().build(), issuer.rsa)).isPresent())
        .isEqualTo(accepted);
  }

  @Test
  void header_critical() throws Exception {
    JWSHeader header =
        header(JWSAlgorithm.RS256, "rsa-1")
            .criticalParams(Set.of("exp"))
            .customParam("exp", 1)
            .build();

    assertThat(verifier.verify(TestIssuer.sign(header, claims().build(), issuer.rsa))).isEmpty();
  }

  @Test
  void header_withoutKey() throws Exception {
    JWSHeader header = new JWSHeader(JWSAlgorithm.RS256);

    assertThat(verifier.verify(TestIssuer.sign(header, claims().build(), issuer.rsa))).isEmpty();
  }

  @Test
  void token_atAndAboveTheLimit() throws Exception {
    String token = issuer.token(claims().claim("pad", "").build());
    int room = (JwtVerifier.MAX_LENGTH - token.length()) * 3 / 4 - 1;
    assertThat(accepts(claims().claim("pad", "x".repeat(room)))).isTrue();
    assertThat(accepts(claims().claim("pad", "x".repeat(room + 3)))).isFalse();
    assertThat(verifier.verify("x".repeat(10_000_000) + ".y.z")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "....",
        "e30.e30.e30",
        "\u0000.\u0000.\u0000",
        "é.é.é"
      })
  void text_thatIsNoToken(String text) {
    assertThat(verifier.verify(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "{}",
        "{'alg':null}",
        "{'alg':7}",
        "{'alg':['RS256']}",
        "{'alg':'RS256','kid':null}",
        "{'alg':'RS256','kid':7}",
        "{'alg':'RS256','kid':''}",
        "{'alg':'RS256','kid':'rsa-1'}",
        "{'alg':'ES256','kid':'ec-1'}",
        "{'alg':'EdDSA','kid':'ec-1'}",
        "{'alg':'RS256','kid':'rsa-1','typ':null}",
        "{'alg':'RS256','kid':'rsa-1','typ':7}",
        "{'alg':'RS256','kid':'rsa-1','crit':null}",
        "{'alg':'RS256','kid':'rsa-1','crit':[null]}",
        "{'alg':'RS256','kid':'rsa-1','crit':'exp'}",
        "{'alg':'RS256','kid':'rsa-1','jwk':null}",
        "{'alg':'RS256','kid':'rsa-1','jwk':{}}",
        "{'alg':'RS256','kid':'rsa-1','jwk':{'kty':null}}",
        "{'alg':'RS256','kid':'rsa-1','x5c':[null,7]}",
        "{'alg':'RS256','kid':'rsa-1','x5u':'::'}",
        "{'alg':'RS256','kid':'rsa-1','jku':'file:///etc/passwd'}",
        "{'alg':'RS256','kid':'rsa-1','b64':null}",
        "{'alg':'RS256','kid':'rsa-1','b64':'no'}",
        "{'alg':'RS256','kid':'rsa-1','enc':'A128GCM'}",
        "{'alg':'RS256','alg':'none','kid':'rsa-1'}",
        "{'alg':'dir','enc':'A128GCM','kid':'rsa-1'}"
      })
  void header_thatIsOdd(String header) {
    String encoded = Base64URL.encode(header.replace('\'', '"')).toString();

    for (String rest : new String[] {".e30.", ".e30.AA", ".bnVsbA.AA", ".e30.e30.e30.e30"}) {
      assertThat(verifier.verify(encoded + rest)).as(rest).isEmpty();
    }
  }

  @Test
  void header_nestedDeeply() {
    int before = issuer.fetches.get();
    String header = "{\"alg\":\"RS256\",\"kid\":\"a\",\"x\":" + "[".repeat(4_000);

    assertThat(verifier.verify(Base64URL.encode(header) + ".e30.e30")).isEmpty();
    assertThat(issuer.fetches).hasValue(before);
  }

  /** The same token with another signature. */
  private static String changed(String token) {
    int at = token.lastIndexOf('.') + 5;
    char other = token.charAt(at) == 'A' ? 'B' : 'A';
    return token.substring(0, at) + other + token.substring(at + 1);
  }

  /** Whatever a stranger sends is refused, and never an error of ours. */
  @Test
  void text_thatIsAlmostAToken_neverFails() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String good = issuer.token(claims().build());
    List<String> headers =
        List.of(
            "{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}",
            "{\"alg\":\"ES256\",\"kid\":\"ec-1\",\"typ\":\"JWT\",\"crit\":[\"b64\"],\"b64\":false}",
            "{\"alg\":\"EdDSA\",\"kid\":\"rsa-1\",\"jwk\":{\"kty\":\"RSA\"},\"x5c\":[\"AA\"]}");
    String letters = "{}[]\",:.\\0aA\u00e9\u0000 -_=";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(i % 2 == 0 ? good : headers.get(i % headers.size()));
      for (int change = 0; change <= random.nextInt(3); change++) {
        text.setCharAt(
            random.nextInt(text.length()), letters.charAt(random.nextInt(letters.length())));
      }
      String token = i % 2 == 0 ? text.toString() : Base64URL.encode(text.toString()) + ".e30.AAAA";
      if (!token.equals(good)) {
        assertThatCode(() -> verifier.verify(token))
            .as("seed %s: %s", seed, text)
            .doesNotThrowAnyException();
      }
    }
  }
}
