package dev.forebay.api.token;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.model.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code golden/token.json}: the contract that Java and TypeScript both test against. */
final class Golden {

  private static final JsonMapper MAPPER = new JsonMapper();

  private Golden() {}

  record Id(String key, String id) {}

  record Content(@Nullable String hash, String content) {}

  record Encoded(
      String name, List<String> secrets, long now, JsonNode payload, String json, String token) {}

  record Accepted(String name, List<String> secrets, long now, String token, JsonNode payload) {}

  record Merge(String name, JsonNode one, JsonNode other, JsonNode merged) {}

  record TokenMerge(String name, List<JsonNode> payloads, JsonNode merged) {}

  record Asked(
      String name, JsonNode payload, String model, String key, @Nullable JsonNode requirement) {}

  record Version(String history, @Nullable String snapshot, @Nullable String hash) {}

  record Met(String name, String history, JsonNode requirement, Version version, boolean met) {}

  record Bound(String name, JsonNode payload, JsonNode bounded) {}

  record Text(String name, String token) {}

  record Broken(List<String> secrets, long now, String sound, List<Text> tokens) {}

  record EdgeGood(
      String name,
      List<String> secrets,
      long now,
      long expires,
      String client,
      String key,
      String header) {}

  record Header(String name, String header) {}

  record EdgeBad(List<String> secrets, long now, String key, String sound, List<Header> headers) {}

  static <T> List<T> rows(String section, TypeReference<List<T>> type) {
    return MAPPER.convertValue(file().at(section), type);
  }

  static Broken broken() {
    return MAPPER.convertValue(file().get("broken"), Broken.class);
  }

  static EdgeBad edgeBad() {
    return MAPPER.convertValue(file().at("/edge/bad"), EdgeBad.class);
  }

  private static JsonNode file() {
    try (InputStream file =
        Objects.requireNonNull(Golden.class.getResourceAsStream("/golden/token.json"))) {
      return MAPPER.readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static InstantSource at(long second) {
    return InstantSource.fixed(Instant.ofEpochSecond(second));
  }

  /** Reads a payload by other means than the code under test. */
  static Payload payload(JsonNode json) {
    SortedMap<String, SortedMap<String, Requirement>> entries = new TreeMap<>();
    json.get("d")
        .properties()
        .forEach(model -> {
          SortedMap<String, Requirement> ids = new TreeMap<>();
          model.getValue().properties().forEach(id -> ids.put(id.getKey(), entry(id.getValue())));
          entries.put(model.getKey(), ids);
        });
    return new Payload(json.get("h").textValue(), json.get("e").longValue(), entries);
  }

  static Requirement entry(JsonNode json) {
    TreeSet<Long> xids = new TreeSet<>();
    json.path("x").forEach(xid -> xids.add(Long.valueOf(xid.textValue())));
    JsonNode seen = json.get("s");
    JsonNode content = json.get("c");
    return new Requirement(
        xids,
        seen == null ? null : Snapshot.parse(seen.textValue()),
        content == null ? null : content.textValue());
  }
}
