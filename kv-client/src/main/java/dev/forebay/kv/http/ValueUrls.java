package dev.forebay.kv.http;

import dev.forebay.kv.KvException;
import java.util.Optional;
import okhttp3.HttpUrl;

/** The endpoints that have one key in their path. Safe for any thread. */
public final class ValueUrls {

  private static final int KEY_NOT_FOUND = 10009;

  private final KvHttp http;
  private final HttpUrl namespace;

  public ValueUrls(KvHttp http, HttpUrl namespace) {
    this.http = http;
    this.namespace = namespace;
  }

  /** Where a key's value is read, written and deleted. */
  public HttpUrl of(String key) {
    return url("values", key);
  }

  /** The value as it is; empty if the key does not exist. */
  public Optional<Attempt.Accepted> value(String key) {
    return unlessMissing(KvRequest.read("get", of(key)).asRaw());
  }

  /** The metadata as JSON; empty if there is none, or no such key. */
  public Optional<String> metadata(String key) {
    return unlessMissing(KvRequest.read("get metadata", url("metadata", key)))
        .map(answer -> KeyPages.json(answer.envelope().path("result")));
  }

  private HttpUrl url(String kind, String key) {
    return namespace
        .newBuilder()
        .addPathSegment(kind)
        .addEncodedPathSegment(Urls.encode(key))
        .build();
  }

  private Optional<Attempt.Accepted> unlessMissing(KvRequest request) {
    try {
      return Optional.of(http.send(request).answer());
    } catch (KvException.NotFound e) {
      if (e.codes().contains(KEY_NOT_FOUND)) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
