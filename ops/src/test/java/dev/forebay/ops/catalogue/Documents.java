package dev.forebay.ops.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvKey;
import dev.forebay.worker.history.ControlKey;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All documents by KV key, as KV holds them and as SQL by hand says they must be. */
final class Documents {

  private static final int SHOWN = 400;

  private final JsonMapper json =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private final Connection connection;
  private final String expectedSql;
  private final KvClient kv;
  private final String keyPrefix;
  private final Set<KvKey> read = new HashSet<>();
  private final SortedMap<String, JsonNode> known = new TreeMap<>();

  /**
   * @param keyPrefix before every key
   */
  Documents(Connection connection, DataSet set, KvClient kv, String keyPrefix) throws IOException {
    this.connection = connection;
    this.expectedSql = set.expectedSql();
    this.kv = kv;
    this.keyPrefix = keyPrefix;
  }

  /**
   * What comparing found.
   *
   * @param compared how many keys there are on either side
   * @param differences one text for each document that is not what it must be
   */
  record Comparison(int compared, List<String> differences) {}

  Comparison compare() throws SQLException, IOException {
    SortedMap<String, JsonNode> expected = expected();
    SortedMap<String, JsonNode> stored = stored();
    SortedSet<String> keys = new TreeSet<>(expected.keySet());
    keys.addAll(stored.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      JsonNode must = expected.get(key);
      JsonNode is = stored.get(key);
      if (must == null) {
        differences.add("extra key " + key + ": " + bounded(is));
      } else if (is == null) {
        differences.add("missing key " + key + ": " + bounded(must));
      } else if (!must.equals(is)) {
        differences.add(
            "%s differs at %s%n  expected %s%n  KV holds %s"
                .formatted(key, firstDifference(must, is, ""), bounded(must), bounded(is)));
      }
    }
    return new Comparison(keys.size(), differences);
  }

  private SortedMap<String, JsonNode> expected() throws SQLException, IOException {
    SortedMap<String, JsonNode> documents = new TreeMap<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute("set timezone to 'UTC'");
      try (ResultSet row = statement.executeQuery(expectedSql)) {
        while (row.next()) {
          String[] values = (String[]) row.getArray(2).getArray();
          String key = keyPrefix + row.getString(1) + ":" + encoded(values);
          if (documents.put(key, json.readTree(row.getString(3))) != null) {
            throw new IllegalStateException("the expected SQL has two documents for " + key);
          }
        }
      }
    }
    return documents;
  }

  private SortedMap<String, JsonNode> stored() throws JsonProcessingException {
    List<KvKey> keys;
    try (Stream<KvKey> listed = kv.keys("")) {
      keys = listed.filter(key -> !ControlKey.isNamed(key.name())).toList();
    }
    List<String> changed =
        keys.stream().filter(key -> !read.contains(key)).map(KvKey::name).toList();
    for (var entry : kv.bulkGet(changed).entrySet()) {
      known.put(entry.getKey(), json.readTree(entry.getValue().value()));
    }
    read.clear();
    read.addAll(keys);
    known.keySet().retainAll(keys.stream().map(KvKey::name).collect(Collectors.toSet()));
    return known;
  }

  /** Lets the next comparison read every value again, also where key and metadata are the same. */
  void forget() {
    read.clear();
    known.clear();
  }

  /** Percent-encoding that leaves what RFC 3986 calls unreserved. */
  private static String encoded(String[] values) {
    return Stream.of(values)
        .map(value -> URLEncoder.encode(value, StandardCharsets.UTF_8))
        .map(form -> form.replace("+", "%20").replace("*", "%2A").replace("%7E", "~"))
        .collect(Collectors.joining("/"));
  }

  /** The deepest place where two unequal trees part, with what stands there. */
  private static String firstDifference(JsonNode must, JsonNode is, String path) {
    if (must.isArray() && is.isArray() && must.size() == is.size()) {
      for (int i = 0; i < must.size(); i++) {
        if (!must.get(i).equals(is.get(i))) {
          return firstDifference(must.get(i), is.get(i), path + "/" + i);
        }
      }
    }
    if (must.isObject() && is.isObject()) {
      for (Map.Entry<String, JsonNode> field : must.properties()) {
        JsonNode other = is.get(field.getKey());
        if (other != null && !field.getValue().equals(other)) {
          return firstDifference(field.getValue(), other, path + "/" + field.getKey());
        }
      }
    }
    return "%s: expected %s, but was %s".formatted(path, bounded(must), bounded(is));
  }

  private static String bounded(@Nullable JsonNode node) {
    String text = String.valueOf(node);
    return text.length() <= SHOWN
        ? text
        : text.substring(0, SHOWN) + "… (" + text.length() + " characters)";
  }
}
