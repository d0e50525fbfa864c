package dev.forebay.kv.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvKey;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a listing, page by page as they are asked for. Belongs to one thread.
 *
 * <p>Only a blank cursor ends a listing: a page can be empty in the middle. If the server no longer
 * takes a cursor, the listing begins again and leaves out what it has told already.
 */
public final class KeyPages implements Iterator<KvKey> {

  private static final int PAGE = 1000;

  private final KvHttp http;
  private final HttpUrl namespace;
  private final String prefix;
  private final Deque<KvKey> page = new ArrayDeque<>();
  private String cursor = "";
  private boolean ended;
  private byte @Nullable [] last;
  private int restarts;

  public KeyPages(KvHttp http, HttpUrl namespace, String prefix) {
    this.http = http;
    this.namespace = namespace;
    this.prefix = prefix;
  }

  /** A request for one page. */
  public static KvRequest request(HttpUrl namespace, String prefix, String cursor, int limit) {
    HttpUrl.Builder url = namespace.newBuilder().addPathSegment("keys");
    url.addQueryParameter("limit", Integer.toString(limit));
    if (!prefix.isEmpty()) {
      url.addEncodedQueryParameter("prefix", Urls.encode(prefix));
    }
    if (!cursor.isEmpty()) {
      url.addEncodedQueryParameter("cursor", Urls.encode(cursor));
    }
    return KvRequest.read("list keys", url.build());
  }

  /** A key as the API describes it. */
  public static KvKey key(JsonNode node) {
    JsonNode expiration = node.path("expiration");
    JsonNode metadata = node.path("metadata");
    return new KvKey(
        node.path("name").asText(),
        expiration.isNumber() ? Instant.ofEpochSecond(expiration.asLong()) : null,
        json(metadata));
  }

  /** JSON as text, null if there is none. */
  static @Nullable String json(JsonNode node) {
    return node.isMissingNode() || node.isNull() ? null : node.toString();
  }

  @Override
  public boolean hasNext() {
    while (page.isEmpty() && !ended) {
      fetch();
    }
    return !page.isEmpty();
  }

  @Override
  public KvKey next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return page.remove();
  }

  private void fetch() {
    JsonNode envelope;
    try {
      envelope = http.send(request(namespace, prefix, cursor, PAGE)).answer().envelope();
    } catch (KvException.Rejected e) {
      restart(e);
      return;
    }
    byte[] seen = last;
    for (JsonNode node : envelope.path("result")) {
      KvKey key = key(node);
      byte[] name = key.name().getBytes(UTF_8);
      if (seen == null || Arrays.compareUnsigned(name, seen) > 0) {
        page.add(key);
        last = name;
      }
    }
    String next = envelope.path("result_info").path("cursor").asText("");
    if (!next.isBlank() && next.equals(cursor)) {
      throw new KvException.Unavailable("list keys: the server sent the same cursor twice", null);
    }
    ended = next.isBlank();
    cursor = next;
  }

  private void restart(KvException.Rejected e) {
    if (cursor.isEmpty() || restarts++ > 0) {
      throw e;
    }
    cursor = "";
  }
}
