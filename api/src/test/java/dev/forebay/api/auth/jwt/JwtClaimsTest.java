package dev.forebay.api.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a token with a good signature must say, and whom it names. */
class JwtClaimsTest {

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

  @ParameterizedTest(name = "exp {0} s, nbf {1} s from now")
  @CsvSource({
    "300, , true",
    "1, , true",
    "0, , true",
    "-59, , true",
    "-60, , false",
    "-61, , false",
    "-3600, , false",
    "300, -10, true",
    "300, 60, true",
    "300, 61, false",
    "300, 3600, false"
  })
  void time_withinTheSkew(long expires, Long begins, boolean accepted) throws Exception {
    JWTClaimsSet.Builder claims = claims().expirationTime(in(Duration.ofSeconds(expires)));
    if (begins != null) {
      claims.notBeforeTime(in(Duration.ofSeconds(begins)));
    }

    assertThat(accepts(claims)).isEqualTo(accepted);
  }

  @Test
  void token_expiresWhileItIsUsed() throws Exception {
    String token = issuer.token(claims().build());
    assertThat(verifier.verify(token)).isPresent();

    clock.advance(Duration.ofMinutes(5).plus(ClaimRules.SKEW).minusMillis(1));
    assertThat(verifier.verify(token)).isPresent();
    clock.advance(Duration.ofMillis(1));
    assertThat(verifier.verify(token)).isEmpty();
  }

  static Stream<Arguments> audiences() {
    return Stream.of(
        Arguments.of("forebay", true),
        Arguments.of(List.of("forebay"), true),
        Arguments.of(List.of("other", "forebay"), true),
        Arguments.of("Forebay", false),
        Arguments.of("forebay ", false),
        Arguments.of(List.of("other"), false),
        Arguments.of(List.of(), false),
        Arguments.of(7, false),
        Arguments.of(List.of(List.of("forebay")), false),
        Arguments.of(Map.of("forebay", "forebay"), false),
        Arguments.of(null, false));
  }

  @ParameterizedTest
  @MethodSource("audiences")
  void audience(Object audience, boolean accepted) throws Exception {
    assertThat(acceptsRaw("aud", audience)).isEqualTo(accepted);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of("iss", null),
        Arguments.of("iss", "https://issuer.example"),
        Arguments.of("iss", List.of(TestIssuer.NAME)),
        Arguments.of("sub", null),
        Arguments.of("sub", ""),
        Arguments.of("sub", "a\nb"),
        Arguments.of("sub", "a\u0000b"),
        Arguments.of("sub", "a\u0085b"),
        Arguments.of("sub", "a\ud800b"),
        Arguments.of("sub", "x".repeat(256)),
        Arguments.of("exp", null),
        Arguments.of("exp", "2030-01-01"),
        Arguments.of("exp", "9999999999"),
        Arguments.of("exp", -1),
        Arguments.of("exp", true),
        Arguments.of("nbf", "soon"),
        Arguments.of("note", "a\u0000b"),
        Arguments.of("roles", 7),
        Arguments.of("roles", true),
        Arguments.of("roles", Map.of("editor", true)),
        Arguments.of("roles", List.of("editor", 7)),
        Arguments.of("roles", List.of(List.of("editor"))));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void claim_thatIsWrong(String name, Object value) throws Exception {
    assertThat(acceptsRaw(name, value)).isFalse();
  }

  static Stream<Arguments> roles() {
    return Stream.of(
        Arguments.of("roles", List.of("a", "b", "a"), Set.of("a", "b")),
        Arguments.of("roles", "a b  a", Set.of("a", "b")),
        Arguments.of("roles", "", Set.of()),
        Arguments.of("roles", List.of(), Set.of()),
        Arguments.of("roles", null, Set.of()),
        Arguments.of("other", List.of("a"), Set.of()),
        Arguments.of("https://shop.example/roles", List.of("a"), Set.of("a")),
        Arguments.of("/access/roles", List.of("a"), Set.of()));
  }

  @ParameterizedTest
  @MethodSource("roles")
  void roles_areThoseOfTheClaim(String name, Object value, Set<String> expected) throws Exception {
    String configured = name.equals("other") ? "roles" : name;
    JwtConfig config = issuer.config();
    JwtVerifier its =
        new JwtVerifier(
            new JwtConfig(config.issuer(), config.audience(), config.jwks(), configured),
            clock,
            clock);
    JWTClaimsSet claims = claims().claim("roles", null).claim(name, value).build();

    assertThat(its.verify(issuer.token(claims)).orElseThrow().roles()).isEqualTo(expected);
  }

  @Test
  void roles_nested() throws Exception {
    JwtConfig config = issuer.config();
    JwtVerifier its =
        new JwtVerifier(
            new JwtConfig(config.issuer(), config.audience(), config.jwks(), "/realm_access/roles"),
            clock,
            clock);
    JWTClaimsSet claims =
        claims().claim("realm_access", Map.of("roles", List.of("nested"))).build();

    assertThat(its.verify(issuer.token(claims)).orElseThrow().roles()).containsExactly("nested");
  }

  /** Signs claims as they would be in JSON, also of types that the library would not write. */
  private boolean acceptsRaw(String name, Object value) throws Exception {
    Map<String, Object> claims = new HashMap<>(claims().build().toJSONObject());
    claims.put(name, value);
    String text =
        JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .writeValueAsString(claims);
    SignedJWT token =
        new SignedJWT(
            header(JWSAlgorithm.RS256, "rsa-1").build().toBase64URL(),
            Base64URL.encode(text),
            sign(text));
    return verifier.verify(token.serialize()).isPresent();
  }

  private static Base64URL sign(String payload) throws JOSEException {
    JWSHeader header = header(JWSAlgorithm.RS256, "rsa-1").build();
    String input = header.toBase64URL() + "." + Base64URL.encode(payload);
    return new RSASSASigner(issuer.rsa).sign(header, input.getBytes(StandardCharsets.US_ASCII));
  }
}
