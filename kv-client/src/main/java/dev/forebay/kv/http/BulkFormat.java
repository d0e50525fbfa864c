package dev.forebay.kv.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.forebay.kv.KvPair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * How a kind of bulk request is written.
 *
 * @param operation {@code bulk write} or {@code bulk delete}
 * @param key the key of an item
 */
public record BulkFormat<T>(
    String operation, String method, HttpUrl url, Function<T, String> key, Encoder<T> encoder) {

  private static final MediaType JSON = MediaType.get("application/json");

  private static final byte[] KEY = "{\"key\":".getBytes(US_ASCII);
  private static final byte[] VALUE = ",\"value\":".getBytes(US_ASCII);
  private static final byte[] METADATA = ",\"metadata\":".getBytes(US_ASCII);
  private static final byte[] BASE64_END = ",\"base64\":true}".getBytes(US_ASCII);
  private static final byte[] END = "}".getBytes(US_ASCII);

  /** Writes one item as JSON. */
  interface Encoder<T> {
    void encode(T item, JsonSink json) throws IOException;
  }

  /** Pairs to store. */
  public static BulkFormat<KvPair> write(HttpUrl namespace) {
    HttpUrl url = namespace.newBuilder().addPathSegment("bulk").build();
    return new BulkFormat<>("bulk write", "PUT", url, KvPair::key, BulkFormat::encodePair);
  }

  /** Keys to delete. */
  public static BulkFormat<String> delete(HttpUrl namespace) {
    HttpUrl url = namespace.newBuilder().addPathSegments("bulk/delete").build();
    return new BulkFormat<>(
        "bulk delete", "POST", url, key -> key, (key, json) -> json.string(key));
  }

  /** Bytes of one item in a body, without the comma. */
  long bytes(T item) {
    try {
      JsonSink counter = JsonSink.counting();
      encoder.encode(item, counter);
      return counter.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A request for these items, written anew each time it is sent. */
  KvRequest request(List<T> items, long bytes) {
    return KvRequest.set(operation, method, url, new Body<>(this, items, bytes), items.size());
  }

  private static void encodePair(KvPair pair, JsonSink json) throws IOException {
    json.raw(KEY);
    json.string(pair.key());
    json.raw(VALUE);
    json.string(pair.value());
    String metadata = pair.metadataJson();
    if (metadata != null) {
      json.raw(METADATA);
      json.raw(metadata);
    }
    Duration ttl = pair.expirationTtl();
    Instant expiration = pair.expiration();
    if (ttl != null) {
      json.raw(",\"expiration_ttl\":" + ttl.toSeconds());
    } else if (expiration != null) {
      json.raw(",\"expiration\":" + expiration.getEpochSecond());
    }
    json.raw(pair.base64() ? BASE64_END : END);
  }

  private static final class Body<T> extends RequestBody {
    private final BulkFormat<T> format;
    private final List<T> items;
    private final long bytes;

    Body(BulkFormat<T> format, List<T> items, long bytes) {
      this.format = format;
      this.items = items;
      this.bytes = bytes;
    }

    @Override
    public MediaType contentType() {
      return JSON;
    }

    @Override
    public long contentLength() {
      return bytes;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      JsonSink json = JsonSink.to(sink);
      String before = "[";
      for (T item : items) {
        json.raw(before);
        format.encoder.encode(item, json);
        before = ",";
      }
      json.raw("]");
      json.flush();
    }
  }
}
