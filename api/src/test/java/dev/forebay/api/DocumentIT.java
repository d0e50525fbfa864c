package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.forebay.api.TestClient.Reply;
import io.javalin.Javalin;
import java.lang.reflect.Field;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That the document and the server say the same. */
class DocumentIT {

  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
  private static final Pattern SLOT = Pattern.compile("\\{([^}]+)}");

  /** What only the database, or the state of its rows, can refuse a valid body with. */
  private static final Set<String> OF_THE_DATABASE =
      Set.of(
          "unique-violation",
          "still-referenced",
          "conflict",
          "invalid-reference",
          "constraint-violation",
          "forbidden");

  private static TestApi api;
  private static JsonNode document;
  private static SchemaValues values;
  private static final Map<String, String> ROWS = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    document = api.client.get("/openapi.json").json();
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println("document seed " + seed);
    values = new SchemaValues(document, new Random(seed));
    // A row of each resource, for the paths of rows.
    post("author", "{\"name\":\"Ada\"}");
    post("article", "{\"slug\":\"one\",\"title\":\"One\"}");
    post("odd", "{\"k/1\":\"a/b\",\"k 2\":1}");
    post("guarded", "{\"id\":1}");
    post("label", "{\"article_id\":1,\"name\":\"new\"}");
    post("sealed", "{\"id\":1}");
    post("event", "{\"at\":\"2026-01-01T00:00:00Z\"}");
    post("counted", "{\"id\":1}");
    post("reading", "{\"id\":1,\"taken\":\"2026-05-01\"}");
    post("owned", "{\"id\":1}");
    ROWS.put("nobodys", "/v1/nobodys/1");
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void everyOperation_isARoute() {
    for (Operation operation : operations()) {
      // What nobody can have asked for: the route is found, and nothing is done.
      Reply reply = send(operation, TextNode.valueOf("no object"), "If-Match", "\"none\"");

      assertThat(reply.status()).as("%s: %s", operation, reply).isNotIn(404, 405).isLessThan(500);
    }
  }

  @Test
  void everyRoute_isAnOperation() throws Exception {
    Set<String> described = new TreeSet<>();
    operations()
        .forEach(
            one -> described.add(one.method() + " " + SLOT.matcher(one.path()).replaceAll("{}")));
    Set<String> served = new TreeSet<>();
    for (var handler : javalin().unsafe.internalRouter.allHttpHandlers()) {
      var endpoint = handler.endpoint;
      String method = endpoint.method.name().toLowerCase(Locale.ROOT);
      if (METHODS.contains(method) && !endpoint.path.matches("/docs|/openapi\\.json")) {
        served.add(method + " " + SLOT.matcher(endpoint.path).replaceAll("{}"));
      }
    }

    assertThat(served).isEqualTo(described);
  }

  @Test
  void validBody_isRefusedOnlyByTheDatabase() {
    for (Operation operation : operationsWithBody()) {
      for (int i = 0; i < 25; i++) {
        JsonNode body = atItsPlace(operation, values.of(operation.schema()));
        Reply reply = send(operation, body, "If-Match", "*");
        boolean accepted = reply.status() < 300;

        assertThat(
                accepted
                    || OF_THE_DATABASE.contains(reply.problem())
                    || isUnfilled(operation, reply))
            .as("%s with %s: %s", operation, body, reply)
            .isTrue();
      }
    }
  }

  @Test
  void invalidBody_isRefused() {
    for (Operation operation : operationsWithBody()) {
      for (JsonNode body : invalid(operation)) {
        Reply reply = send(operation, body, "If-Match", "*");

        assertThat(reply.status()).as("%s with %s: %s", operation, body, reply).isIn(400, 403, 422);
      }
    }
  }

  /**
   * Every body that is wrong in one place: of another type, without a member, with a strange one.
   */
  private static List<JsonNode> invalid(Operation operation) {
    JsonNode schema = values.resolve(operation.schema());
    JsonNode object = values.resolve(schema.has("oneOf") ? schema.get("oneOf").get(0) : schema);
    List<JsonNode> bodies =
        new ArrayList<>(
            List.of(JsonNodeFactory.instance.numberNode(1), JsonNodeFactory.instance.nullNode()));
    if (!object.has("properties")) {
      return bodies;
    }
    ObjectNode strange = (ObjectNode) values.of(object);
    bodies.add(strange.deepCopy().put("no such member", 1));
    for (JsonNode name : object.path("required")) {
      bodies.add(strange.deepCopy().without(name.asText()));
    }
    for (Map.Entry<String, JsonNode> member : object.get("properties").properties()) {
      for (JsonNode wrong : wrong(values.resolve(member.getValue()))) {
        bodies.add(strange.deepCopy().set(member.getKey(), wrong));
      }
    }
    return bodies;
  }

  private static List<JsonNode> wrong(JsonNode schema) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    Set<String> types = new TreeSet<>();
    schema.path("type").forEach(type -> types.add(type.asText()));
    if (schema.path("type").isTextual()) {
      types.add(schema.get("type").asText());
    }
    List<JsonNode> wrong = new ArrayList<>();
    if (types.isEmpty()) {
      return wrong;
    }
    Map<String, JsonNode> ofType =
        Map.of(
            "object", json.objectNode().put("a", 1),
            "array", json.arrayNode().add(1),
            "boolean", json.booleanNode(true),
            "null", json.nullNode(),
            "string", json.textNode("☃".repeat(9)),
            "integer", json.numberNode(7));
    ofType.forEach((type, value) -> {
      boolean number = type.equals("integer") && types.contains("number");
      boolean plain =
          type.equals("string")
              && types.contains("string")
              && !schema.has("enum")
              && !schema.has("format");
      boolean allowed = types.contains(type) && (!type.equals("string") || plain);
      if (!allowed && !number) {
        wrong.add(value);
      }
    });
    if (schema.has("maxLength")) {
      wrong.add(json.textNode("x".repeat(schema.get("maxLength").asInt() + 1)));
    }
    if (schema.has("maximum")) {
      wrong.add(json.numberNode(schema.get("maximum").asLong() + 1));
      wrong.add(json.numberNode(schema.get("minimum").asLong() - 1));
    }
    if (types.contains("array")) {
      wrong.add(json.arrayNode().add(json.objectNode()));
    }
    return wrong;
  }

  /**
   * A row stays where it is: a PUT must not name another key than its path, and a patch moves it.
   */
  private static JsonNode atItsPlace(Operation operation, JsonNode body) {
    if (body instanceof ObjectNode object && !operation.method().equals("post")) {
      String name = operation.path().split("/", -1)[2];
      TestApi.RESOURCES.stream()
          .filter(resource -> resource.name().equals(name))
          .forEach(resource -> object.remove(resource.key()));
    }
    return body;
  }

  /** The table has a trigger that may fill columns, so its document cannot call them required. */
  private static boolean isUnfilled(Operation operation, Reply reply) {
    return operation.path().startsWith("/v1/guarded")
        && reply.errors().stream().allMatch(error -> error.endsWith("id must not be null"));
  }

  private record Operation(String path, String method, JsonNode json) {

    JsonNode schema() {
      return json.path("requestBody").path("content").path("application/json").path("schema");
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private static List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        if (METHODS.contains(method.getKey())) {
          operations.add(new Operation(path.getKey(), method.getKey(), method.getValue()));
        }
      }
    }
    assertThat(operations).hasSizeGreaterThan(50);
    return operations;
  }

  /** Batches hold the same bodies; what they add is tried by name elsewhere. */
  private static List<Operation> operationsWithBody() {
    return operations().stream()
        .filter(one -> !one.schema().isMissingNode())
        .filter(one -> !one.path().endsWith("/bulk") && !one.path().endsWith("/transactions"))
        .toList();
  }

  private static Reply send(Operation operation, JsonNode body, String... headers) {
    String path = operation.path();
    if (SLOT.matcher(path).find()) {
      String resource = path.split("/", -1)[2];
      path = Objects.requireNonNull(ROWS.get(resource), resource);
    }
    HttpRequest.Builder request =
        operation.schema().isMissingNode()
            ? api.client.request(
                operation.method().toUpperCase(Locale.ROOT), path, BodyPublishers.noBody())
            : api.client.json(operation.method().toUpperCase(Locale.ROOT), path, body.toString());
    if (!operation.method().equals("post")) {
      request.setHeader(headers[0], headers[1]);
    }
    return api.client.send(request);
  }

  private static void post(String resource, String body) {
    Reply reply = api.client.post("/v1/" + resource, body);
    assertThat(reply.status()).as("%s", reply).isEqualTo(201);
    ROWS.put(resource, reply.header("Location"));
  }

  private static Javalin javalin() throws Exception {
    Object http = read(api.server, "server");
    return (Javalin) read(http, "javalin");
  }

  private static Object read(Object owner, String name) throws Exception {
    Field field = owner.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(owner);
  }
}
