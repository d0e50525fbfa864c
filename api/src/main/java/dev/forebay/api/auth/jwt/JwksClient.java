package dev.forebay.api.auth.jwt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches an issuer's JSON Web Key Set (RFC 7517). Follows no redirect, and stops reading at
 * {@value #MAX_BYTES} bytes. Safe for any thread.
 */
final class JwksClient {

  /** How long a fetch takes at most, from the name's resolution to the last byte. */
  static final Duration DEADLINE = Duration.ofSeconds(5);

  static final int MAX_BYTES = 1 << 18;

  private static final Logger LOG = LoggerFactory.getLogger(JwksClient.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final int OK = 200;

  private final URI url;
  private final HttpClient http;

  JwksClient(URI url) {
    this.url = url;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Fetches the keys.
   *
   * @throws IOException for whatever is no key set of bounded size within {@link #DEADLINE}; its
   *     message says what it was instead
   */
  JWKSet fetch() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Accept", "application/jwk-set+json, application/json")
            .build();
    HttpResponse<byte[]> response = await(http.sendAsync(request, answer -> new BoundedBody()));
    if (response.statusCode() != OK) {
      throw new IOException("HTTP status " + response.statusCode());
    }
    return parse(new String(response.body(), StandardCharsets.UTF_8));
  }

  /** Leaves out what it cannot read: a key of a new kind must not cost the others. */
  private static JWKSet parse(String text) throws IOException {
    JsonNode published;
    try {
      published = MAPPER.readTree(text).path("keys");
    } catch (JsonProcessingException e) {
      throw new IOException("the answer is no JSON", e);
    }
    if (!published.isArray()) {
      throw new IOException("the answer is no JSON Web Key Set");
    }
    List<JWK> keys = new ArrayList<>();
    for (JsonNode key : published) {
      if (!key.isObject()) {
        continue;
      }
      try {
        keys.add(JWK.parse(key.toString()));
      } catch (ParseException | IllegalArgumentException e) {
        LOG.atDebug().setCause(e).log("a key of the issuer cannot be read");
      }
    }
    return new JWKSet(keys);
  }

  private static <T> T await(CompletableFuture<T> answer) throws IOException {
    try {
      return answer.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no whole answer within " + DEADLINE.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Collects a body, and hangs up on one that is too large. */
  private static final class BoundedBody implements BodySubscriber<byte[]> {

    private final BodySubscriber<byte[]> whole = BodySubscribers.ofByteArray();
    private @Nullable Subscription subscription;
    private long room = MAX_BYTES;

    @Override
    public CompletionStage<byte[]> getBody() {
      return whole.getBody();
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      whole.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
      if (room < 0) {
        return;
      }
      room -= part.stream().mapToLong(ByteBuffer::remaining).sum();
      if (room >= 0) {
        whole.onNext(part);
        return;
      }
      if (subscription != null) {
        subscription.cancel();
      }
      whole.onError(new IOException("the answer is longer than " + MAX_BYTES + " bytes"));
    }

    @Override
    public void onError(Throwable fault) {
      whole.onError(fault);
    }

    @Override
    public void onComplete() {
      whole.onComplete();
    }
  }
}
