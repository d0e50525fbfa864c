package dev.forebay.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Random requests made from the API's own document: every operation, with parameters, headers and
 * bodies that it allows, and most of them spoilt somewhere afterwards.
 */
final class FuzzRequests {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
  private static final List<String> OTHER_METHODS =
      List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW");

  /** JSON that some column or reader may stumble over; not all of it is JSON. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1.5",
          "-0",
          "1e400",
          "1E+2147483647",
          "1e-2147483647",
          "1e99999999999",
          "9".repeat(400),
          "9".repeat(1_001),
          "32768",
          "2147483648",
          "9223372036854775808",
          "\"\"",
          "\"x\"",
          "\"draft\"",
          "\"1\"",
          "\"\\u0000\"",
          "\"a\\u0000b\"",
          "\"\\ud800\"",
          "\"\\udc00\\ud800\"",
          "\"2026-02-30\"",
          "\"99999-01-01\"",
          "\"9999999-01-01\"",
          "\"infinity\"",
          "\"-infinity\"",
          "\"0001-01-01 BC\"",
          "\"0000-00-00 BC\"",
          "\"2026-01-01T00:00:00+99:00\"",
          "\"24:00:00\"",
          "\"NaN\"",
          "\"-Infinity\"",
          "\"1e5\"",
          "\"1e999999\"",
          "\"0x10\"",
          "\"1_000\"",
          "\"raise 23514\"",
          "\"vanish\"",
          "[]",
          "{}",
          "[[]]",
          "[1,[2]]",
          "[[1],[2,3]]",
          "[null]",
          "{\"a\":{\"b\":null}}",
          "{\"\\u0000\":1}",
          "{\"a\":1,\"a\":2}",
          "{\"$ref\":\"/0/id\"}",
          "{\"$ref\":\"/99/id\"}",
          "{\"$ref\":\"/-1/~2\"}",
          "{\"$ref\":{}}",
          "\"{1,2}\"",
          "[".repeat(70),
          "[".repeat(70) + "]".repeat(70),
          "\"" + "x".repeat(3_000) + "\"");

  /** Names that are no column's, or not this one's. */
  private static final List<String> MEMBERS =
      List.of(
          "id",
          "slug",
          "secret",
          "title_length",
          "ctid",
          "xmin",
          "",
          "\0",
          "__proto__",
          "k/1",
          "op");

  private static final List<String> SEGMENTS =
      List.of(
          "0",
          "-1",
          "x",
          "%00",
          "%",
          "%2F",
          "..",
          ".",
          "%2e%2e",
          "99999999999",
          "a/1",
          "a/b/c",
          "2026-01-01T00:00:00Z",
          "%F0%9F%8E%88",
          "%ff",
          "%c0%af",
          "infinity",
          "1#x",
          "'",
          "\"",
          "",
          "bulk",
          "1;x=y",
          "1%0d%0aX-A:b",
          "+1",
          "01",
          "1%20",
          "\\1",
          "%E2%80%AE",
          "x".repeat(9_000));

  private static final List<String> WORDS =
      List.of(
          "",
          "0",
          "-1",
          "1",
          "x",
          "1,2,x",
          ",",
          "null",
          "notnull",
          "%00",
          "%ff",
          "%",
          "%2",
          "+",
          "infinity",
          "NaN",
          "1e999999",
          "-id,id,-id",
          "-",
          "a.b",
          "'",
          "%27%22",
          "W10",
          "WyIxIl0",
          "WyJ4IiwieSIsInoiXQ",
          "[]",
          "true",
          "2026-13-01",
          "x".repeat(5_000));

  private static final Map<String, List<String>> HEADERS =
      Map.of(
          "Prefer",
              List.of(
                  "return=minimal",
                  "return=representation",
                  "handling=strict",
                  "handling=strict, x=y",
                  "return",
                  "=;,",
                  "return=minimal; foo=\"bar, baz\"",
                  "wait=99999999999",
                  "wait=-1"),
          "Idempotency-Key",
              List.of(
                  "\"a\"",
                  "\"b\"",
                  "\"c\"",
                  "a",
                  "\"",
                  "\"\"",
                  "x".repeat(300),
                  "\"\\\"",
                  "\"a\";p=1"),
          "If-Match",
              List.of(
                  "*",
                  "\"1\"",
                  "W/\"1\"",
                  "\"1\", \"2\"",
                  "1",
                  "\"",
                  ",",
                  "\"-1\"",
                  "\"99999999999999999999\""),
          "If-None-Match", List.of("*", "\"1\"", "W/\"1\"", "\"1\", \"2\"", "1", "\"", ","));

  private static final List<String> TYPES =
      List.of(
          "application/json",
          "application/merge-patch+json",
          "text/plain",
          ";",
          "",
          "application/json; charset=utf-16",
          "application/json;charset=\"UTF-8\"",
          "multipart/form-data");

  private static final List<String> STRAY_HEADERS =
      List.of(
          "Accept: text/html",
          "Content-Encoding: gzip",
          "Expect: 200-ok",
          "X-Request-Id: a b",
          "X-Request-Id: ok-1",
          "Range: bytes=0-1",
          "Accept-Encoding: gzip",
          "Cookie: a=b",
          "X-HTTP-Method-Override: DELETE",
          "traceparent: 00-x-y-01",
          "Origin: null",
          "X-Long: " + "x".repeat(7_000));

  private final String key;
  private final Random random;
  private final SchemaValues values;
  private final List<Route> routes = new ArrayList<>();

  FuzzRequests(JsonNode document, String key, Random random) {
    this.key = key;
    this.random = random;
    this.values = new SchemaValues(document, random);
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        if (METHODS.contains(operation.getKey())) {
          List<JsonNode> parameters = new ArrayList<>();
          path.getValue().path("parameters").forEach(one -> parameters.add(values.resolve(one)));
          operation
              .getValue()
              .path("parameters")
              .forEach(one -> parameters.add(values.resolve(one)));
          routes.add(
              new Route(path.getKey(), operation.getKey(), operation.getValue(), parameters));
        }
      }
    }
  }

  private record Route(String path, String method, JsonNode operation, List<JsonNode> parameters) {

    List<JsonNode> in(String place) {
      return parameters.stream().filter(one -> one.path("in").asText().equals(place)).toList();
    }
  }

  /** The next request, as bytes on the wire. */
  byte[] next() {
    Route route = chance(4) ? pick(batches()) : pick(routes);
    String method = chance(40) ? pick(OTHER_METHODS) : route.method().toUpperCase(Locale.ROOT);
    byte[] body = body(route);
    List<String> head = new ArrayList<>();
    head.add(method + " " + target(route) + " HTTP/1.1");
    head.add("Host: localhost");
    head.add("Connection: close");
    head.add("Authorization: " + (chance(60) ? "Basic x" : "Bearer " + key));
    headers(route, head);
    if (chance(15)) {
      head.add(pick(STRAY_HEADERS));
    }
    if (body.length > 0 || chance(3)) {
      head.add("Content-Length: " + body.length);
    }
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(
        (String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body);
    return request.toByteArray();
  }

  /** Where one operation can fail after another: half a transaction must not stay. */
  private List<Route> batches() {
    return routes.stream().filter(one -> one.path().endsWith("/transactions")).toList();
  }

  private String target(Route route) {
    String path = route.path();
    for (JsonNode parameter : route.in("path")) {
      String segment =
          chance(5) ? pick(SEGMENTS) : encode(values.of(parameter.path("schema")).asText());
      path = path.replace("{" + parameter.path("name").asText() + "}", segment);
    }
    if (chance(40)) {
      path += pick(List.of("/", "/1", "/..", "//", "?", "%", ";a=b"));
    }
    List<String> query = new ArrayList<>();
    List<JsonNode> parameters = route.in("query");
    for (int i = parameters.isEmpty() ? 0 : random.nextInt(4); i > 0; i--) {
      JsonNode parameter = pick(parameters);
      String value = chance(3) ? pick(WORDS) : encode(listed(values.of(parameter.path("schema"))));
      query.add(encode(parameter.path("name").asText()) + "=" + value);
    }
    if (chance(12)) {
      query.add(pick(WORDS) + (chance(2) ? "=" + pick(WORDS) : ""));
    }
    return query.isEmpty() ? path : path + "?" + String.join("&", query);
  }

  private static String listed(JsonNode value) {
    return value.isArray()
        ? String.join(",", value.valueStream().map(JsonNode::asText).toList())
        : value.asText();
  }

  private void headers(Route route, List<String> head) {
    for (JsonNode parameter : route.in("header")) {
      String name = parameter.path("name").asText();
      if (chance(4) || parameter.path("required").asBoolean()) {
        head.add(name + ": " + pick(HEADERS.getOrDefault(name, WORDS)));
      }
    }
    JsonNode content = route.operation().path("requestBody").path("content");
    List<String> types = new ArrayList<>();
    content.fieldNames().forEachRemaining(types::add);
    if (!types.isEmpty()) {
      head.add("Content-Type: " + (chance(20) ? pick(TYPES) : pick(types)));
    }
  }

  private byte[] body(Route route) {
    JsonNode content = route.operation().path("requestBody").path("content");
    if (content.isEmpty() && !chance(30)) {
      return new byte[0];
    }
    JsonNode body =
        values.of(
            content.elements().hasNext() ? content.elements().next().path("schema") : content);
    if (route.path().endsWith("/transactions") && chance(2)) {
      return bytes(endingBadly(body));
    }
    while (chance(2)) {
      body = spoil(body);
    }
    byte[] bytes = bytes(body);
    for (int i = chance(10) ? random.nextInt(4) : 0; i > 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  /** A row that can be made, before operations of which one may not succeed. */
  private JsonNode endingBadly(JsonNode transaction) {
    ObjectNode good = JsonNodeFactory.instance.objectNode().put("op", "create");
    good.put("resource", "author").putObject("value").put("name", "half");
    ObjectNode bad = JsonNodeFactory.instance.objectNode().put("op", "delete");
    bad.put("resource", "author").putArray("key").add(Integer.toString(random.nextInt(99)));
    ArrayNode operations = JsonNodeFactory.instance.arrayNode().add(good);
    if (chance(2)) {
      operations.addAll((ArrayNode) transaction.path("operations"));
    }
    return JsonNodeFactory.instance.objectNode().set("operations", operations.add(bad));
  }

  /** The same with one value, somewhere, replaced, added or taken away. */
  private JsonNode spoil(JsonNode node) {
    if (node instanceof ObjectNode object && !object.isEmpty() && !chance(6)) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = pick(names);
      switch (random.nextInt(6)) {
        case 0 -> object.remove(name);
        case 1 -> object.set(pick(MEMBERS), raw());
        default -> object.set(name, spoil(object.get(name)));
      }
      return object;
    }
    if (node instanceof ArrayNode array && !array.isEmpty() && !chance(6)) {
      int at = random.nextInt(array.size());
      array.set(at, spoil(array.get(at)));
      return array;
    }
    return raw();
  }

  private JsonNode raw() {
    String text = chance(4) ? text() : pick(VALUES);
    return JsonNodeFactory.instance.rawValueNode(new RawValue(text));
  }

  /** A JSON string of any characters, whole or not. */
  private String text() {
    StringBuilder text = new StringBuilder("\"");
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append(
          "\\u%04x".formatted(chance(3) ? random.nextInt(0x10000) : 'a' + random.nextInt(26)));
    }
    return text.append('"').toString();
  }

  private static byte[] bytes(JsonNode body) {
    try {
      return MAPPER.writeValueAsBytes(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
