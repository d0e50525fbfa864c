package dev.forebay.kv.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.kv.KvEntry;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvKey;
import dev.forebay.kv.KvLimits;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** Reads any number of values with their metadata. Safe for any thread. */
public final class BulkGet {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MediaType JSON_TYPE = MediaType.get("application/json");
  private static final int TOO_LARGE = 413;
  private static final int LEAST_PAGE = 10;

  private final KvHttp http;
  private final HttpUrl namespace;
  private final ValueUrls urls;

  public BulkGet(KvHttp http, HttpUrl namespace) {
    this.http = http;
    this.namespace = namespace;
    this.urls = new ValueUrls(http, namespace);
  }

  /** The keys that exist. */
  public Map<String, KvEntry> read(List<String> keys) {
    Map<String, KvEntry> found = new HashMap<>();
    for (int from = 0; from < keys.size(); from += KvLimits.BULK_GET_KEYS) {
      int to = Math.min(keys.size(), from + KvLimits.BULK_GET_KEYS);
      read(keys.subList(from, to), found);
    }
    return found;
  }

  private void read(List<String> keys, Map<String, KvEntry> found) {
    JsonNode values;
    try {
      values = http.send(request(keys)).answer().envelope().path("result").path("values");
    } catch (KvException.Rejected e) {
      readLess(keys, found, e);
      return;
    }
    for (String key : keys) {
      JsonNode value = values.path(key);
      if (!value.isMissingNode() && !value.isNull()) {
        found.put(key, value.isTextual() ? withListedMetadata(key, value) : entry(value));
      }
    }
  }

  /** The answer would be too large: ask for half, in the end for the value alone. */
  private void readLess(List<String> keys, Map<String, KvEntry> found, KvException.Rejected e) {
    if (e.status() != TOO_LARGE) {
      throw e;
    }
    if (keys.size() > 1) {
      int half = keys.size() / 2;
      read(keys.subList(0, half), found);
      read(keys.subList(half, keys.size()), found);
      return;
    }
    String key = keys.getFirst();
    Optional<Attempt.Accepted> value = urls.value(key);
    if (value.isPresent()) {
      String text = value.get().body().string(UTF_8);
      @Nullable String epoch = value.get().headers().get("expiration");
      @Nullable Instant expiration =
          epoch == null ? null : Instant.ofEpochSecond(Long.parseLong(epoch));
      found.put(key, new KvEntry(text, urls.metadata(key).orElse(null), expiration));
    }
  }

  private KvRequest request(List<String> keys) {
    ObjectNode body = JSON.createObjectNode().put("type", "text").put("withMetadata", true);
    keys.forEach(body.putArray("keys")::add);
    HttpUrl url = namespace.newBuilder().addPathSegments("bulk/get").build();
    RequestBody json = RequestBody.create(body.toString(), JSON_TYPE);
    return new KvRequest("bulk get", "POST", url, json, keys.size(), KvRequest.Effect.NONE, false);
  }

  private static KvEntry entry(JsonNode node) {
    JsonNode expiration = node.path("expiration");
    return new KvEntry(
        node.path("value").asText(),
        KeyPages.json(node.path("metadata")),
        expiration.isNumber() ? Instant.ofEpochSecond(expiration.asLong()) : null);
  }

  /**
   * {@code wrangler pages dev} leaves the metadata out of a bulk read, and shows it in listings.
   * The key itself is the first of all keys that begin with it.
   */
  private KvEntry withListedMetadata(String key, JsonNode value) {
    KvRequest request = KeyPages.request(namespace, key, "", LEAST_PAGE);
    for (JsonNode node : http.send(request).answer().envelope().path("result")) {
      KvKey listed = KeyPages.key(node);
      if (listed.name().equals(key)) {
        return new KvEntry(value.asText(), listed.metadataJson(), listed.expiration());
      }
    }
    return new KvEntry(value.asText(), null, null);
  }
}
