package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.forebay.api.TestClient.Reply;
import dev.forebay.api.auth.LoginThrottle;
import dev.forebay.api.auth.jwt.JwtConfig;
import dev.forebay.api.auth.jwt.JwtVerifier;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Resource;
import dev.forebay.model.TableName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Logins as a client sees them: with tokens, and when too many have failed. */
class LoginIT {

  private static final String ISSUER = "https://issuer.example/";

  private static TestApi api;
  private static RSAKey signer;

  private HttpServer jwks;
  private ApiServer server;

  @BeforeAll
  static void startDatabase() throws Exception {
    api = new TestApi();
    api.execute("insert into author (id, name) values (1001, 'Ada')");
    signer = new RSAKeyGenerator(2048).keyID("one").generate();
  }

  @AfterAll
  static void stopDatabase() throws Exception {
    api.close();
  }

  @BeforeEach
  void start() throws Exception {
    jwks = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] keys = new JWKSet(signer).toString(true).getBytes(StandardCharsets.UTF_8);
    jwks.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
          }
        });
    URI url = URI.create("http://127.0.0.1:" + jwks.getAddress().getPort() + "/");
    List<Resource> author =
        List.of(
            Resource.of(
                "author",
                new TableName("public", "author"),
                List.of("id"),
                List.of("name"),
                TestApi.EDITOR));
    server =
        new ApiServer(
            ApiConfig.DEFAULT.at("127.0.0.1", 0),
            api.pool,
            new ReadModels(List.of(), (connection, changes, goOn) -> {}, author),
            api.keys,
            new JwtVerifier(new JwtConfig(ISSUER, "forebay", url, "roles")),
            Instance.DEFAULT,
            new SimpleMeterRegistry());
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    jwks.stop(0);
  }

  @Test
  void token_opensWhatItsRolesMay() throws Exception {
    jwks.start();

    assertThat(get(token("editor", 300)).status()).isEqualTo(200);
    Reply other = get(token("reader", 300));
    assertThat(other.status()).isEqualTo(403);
    assertThat(other.header("WWW-Authenticate")).contains("insufficient_scope");
    Reply expired = get(token("editor", -300));
    assertThat(expired.problem()).isEqualTo("unauthorised");
    assertThat(expired.header("WWW-Authenticate"))
        .isEqualTo("Bearer realm=\"forebay\", error=\"invalid_token\"");
    assertThat(expired.body()).as("no reason").doesNotContain("expire");
  }

  @Test
  void token_ofAnIssuerThatIsAway_isToBeSentAgain() throws Exception {
    // One that was never started keeps its port.
    jwks.start();
    jwks.stop(0);
    Reply reply = get(token("editor", 300));

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.problem()).isEqualTo("unavailable");
    assertThat(reply.header("Retry-After")).isEqualTo("10");
    assertThat(get(api.client.key()).status()).as("a key needs no issuer").isEqualTo(200);
  }

  /** Anybody can send as many as a slot lets through. */
  @Test
  void tokens_thatCannotBeChecked_areNotSaidInTheLogOneByOne() throws Exception {
    jwks.start();
    jwks.stop(0);
    String token = token("editor", 300);
    Logger ours = (Logger) LoggerFactory.getLogger("dev.forebay");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    ours.addAppender(log);
    try {
      for (int i = 0; i < 20; i++) {
        assertThat(get(token).status()).isEqualTo(503);
      }
    } finally {
      ours.detachAppender(log);
    }

    assertThat(List.copyOf(log.list))
        .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
        .extracting(ILoggingEvent::getMessage)
        .containsOnly(
            "the issuer's keys cannot be fetched",
            "no key of the issuer can be used; answering 503 to its tokens")
        .hasSizeBetween(2, 10);
  }

  @Test
  void token_withoutAnIssuer_isRefused() throws Exception {
    HttpRequest.Builder request =
        api.client.request("GET", "/v1/author/1001", BodyPublishers.noBody());

    assertThat(
            api.client
                .send(request.setHeader("Authorization", "Bearer " + token("editor", 300)))
                .status())
        .isEqualTo(401);
  }

  @Test
  void failures_tooMany_shutOutWhatIsWrongAndNothingElse() throws Exception {
    jwks.start();
    String good = api.keys.create("late", TestApi.EDITOR);
    for (int i = 0; i < LoginThrottle.FAILURES; i++) {
      String wrong = i % 2 == 0 ? "fb_aaaaaaaaaa_" + "a".repeat(32) : "a.b.c";
      assertThat(get(wrong).status()).as("failure %s", i).isEqualTo(401);
    }

    Reply refused = get("fb_aaaaaaaaaa_" + "a".repeat(32));
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.problem()).isEqualTo("too-many-requests");
    assertThat(Integer.parseInt(refused.header("Retry-After")))
        .isBetween(1, (int) LoginThrottle.WINDOW.toSeconds() + 1);
    assertThat(get("a.b.c").status()).isEqualTo(429);
    assertThat(get(good).status()).as("a key that was never seen before").isEqualTo(200);
    assertThat(get(api.client.key()).status()).isEqualTo(200);
    assertThat(get(token("editor", 300)).status()).isEqualTo(200);
    assertThat(get("a.b.c").status()).as("success forgives nothing").isEqualTo(429);
  }

  @Test
  void credentials_areInNoLog() throws Exception {
    jwks.start();
    String key = api.keys.create("quiet", TestApi.EDITOR);
    String wrong = "fb_aaaaaaaaaa_" + "a".repeat(31) + "b";
    String token = token("editor", 300);
    String expired = token("editor", -300);
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Logger ours = (Logger) LoggerFactory.getLogger("dev.forebay");
    Level before = ours.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    ours.setLevel(Level.TRACE);
    try {
      for (String credential : List.of(key, wrong, token, expired, "x." + key + ".y")) {
        get(credential);
      }
      IntStream.range(0, LoginThrottle.FAILURES).forEach(i -> get(wrong));
    } finally {
      ours.setLevel(before);
      root.detachAppender(log);
    }

    String said =
        List.copyOf(log.list).stream()
            .map(event -> event.getFormattedMessage() + event.getKeyValuePairs() + cause(event))
            .collect(Collectors.joining("\n"));
    assertThat(said).contains("token refused", "too many failed logins");
    for (String secret : List.of(key.substring(14), wrong.substring(14), "alice")) {
      assertThat(said).doesNotContain(secret);
    }
    for (String part : (token + "." + expired).split("\\.", 6)) {
      assertThat(said).doesNotContain(part);
    }
  }

  private static String cause(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    return thrown == null ? "" : ThrowableProxyUtil.asString(thrown);
  }

  private Reply get(String credential) {
    TestClient client = new TestClient(server.port(), credential);
    return client.get("/v1/author/1001");
  }

  private String token(String role, long seconds) throws Exception {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .audience("forebay")
            .subject("alice")
            .expirationTime(Date.from(Instant.now().plusSeconds(seconds)))
            .claim("roles", Set.of(role))
            .build();
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(), claims);
    token.sign(new RSASSASigner(signer));
    return token.serialize();
  }
}
