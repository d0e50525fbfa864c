package dev.forebay.api.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An issuer on this machine: it signs, and publishes its keys over HTTP, well or badly. */
final class TestIssuer implements AutoCloseable {

  /** How the server answers. */
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  static final String NAME = "https://issuer.example/";
  static final String AUDIENCE = "forebay";

  final RSAKey rsa;
  final ECKey ec;
  final AtomicInteger fetches = new AtomicInteger();

  private final List<JWK> published = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final int port;
  private HttpServer server;
  private volatile Answer answer = this::keys;

  TestIssuer() throws IOException, JOSEException {
    rsa = rsa("rsa-1");
    ec = new ECKeyGenerator(Curve.P_256).keyID("ec-1").generate();
    published.add(rsa);
    published.add(ec);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    port = server.getAddress().getPort();
    serve();
  }

  static RSAKey rsa(String id) throws JOSEException {
    return new RSAKeyGenerator(2048).keyID(id).generate();
  }

  JwtConfig config() {
    return new JwtConfig(
        NAME, AUDIENCE, URI.create("http://127.0.0.1:" + port + "/jwks.json"), "roles");
  }

  /** Publishes these keys from now on. */
  void publish(JWK... keys) {
    published.clear();
    published.addAll(List.of(keys));
  }

  /** Answers so from now on; null: with the keys. */
  void answer(Answer with) {
    answer = with;
  }

  void answerWithKeys() {
    answer = this::keys;
  }

  /** Nobody listens any more. */
  void goAway() {
    server.stop(0);
  }

  void comeBack() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    serve();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  String token(JWTClaimsSet claims) throws JOSEException {
    return sign(
        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(rsa.getKeyID()).build(), claims, rsa);
  }

  static String sign(JWSHeader header, JWTClaimsSet claims, JWK key) throws JOSEException {
    SignedJWT token = new SignedJWT(header, claims);
    token.sign(key instanceof ECKey ec ? new ECDSASigner(ec) : new RSASSASigner(key.toRSAKey()));
    return token.serialize();
  }

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private void serve() {
    server.setExecutor(threads);
    server.createContext(
        "/jwks.json",
        exchange -> {
          fetches.incrementAndGet();
          answer.to(exchange);
        });
    server.start();
  }

  private void keys(HttpExchange exchange) throws IOException {
    send(exchange, 200, new JWKSet(List.copyOf(published)).toString(true));
  }
}
