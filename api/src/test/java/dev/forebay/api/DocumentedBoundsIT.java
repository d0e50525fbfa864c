package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.TestClient.Reply;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bounds in the description are those of the server: what is at one is served, no more. */
class DocumentedBoundsIT {

  private static final String MALFORMED = "malformed-request";
  private static final List<String> REFUSED = List.of(MALFORMED, "invalid-content");
  private static final String ROW = "{\"name\":\"Ann\"}";

  private static TestApi api;
  private static TestClient client;
  private static JsonNode document;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    client = api.client;
    document = client.get("/openapi.json").json();
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void limit_ofAPage() {
    JsonNode limit = document.at("/components/parameters/limit/schema");
    int least = bound(limit, "minimum");
    int most = bound(limit, "maximum");

    assertThat(client.get("/v1/author?limit=" + least).status()).isEqualTo(200);
    assertThat(client.get("/v1/author?limit=" + most).status()).isEqualTo(200);
    assertThat(client.get("/v1/author?limit=" + (least - 1)).problem()).isEqualTo(MALFORMED);
    assertThat(client.get("/v1/author?limit=" + (most + 1)).problem()).isEqualTo(MALFORMED);
  }

  @Test
  void rows_ofAnArray() {
    JsonNode rows = schema(operation("author.create")).at("/oneOf/1");
    assertThat(rows.path("type").asText()).isEqualTo("array");

    check(rows, "/v1/author", 201, "%s", ROW);
  }

  @Test
  void operations_inBulk() {
    String operation = "{\"op\":\"create\",\"value\":" + ROW + "}";

    check(schema(operation("author.bulk")), "/v1/author/bulk", 207, "%s", operation);
  }

  @Test
  void operations_ofATransaction() {
    String operation = "{\"op\":\"create\",\"resource\":\"author\",\"value\":" + ROW + "}";
    JsonNode list = schema(operation("transactions.run")).at("/properties/operations");

    check(list, "/v1/transactions", 200, "{\"operations\":%s}", operation);
  }

  private static void check(JsonNode list, String path, int status, String body, String item) {
    int least = bound(list, "minItems");
    int most = bound(list, "maxItems");

    assertThat(client.post(path, body.formatted(array(least, item))).status()).isEqualTo(status);
    assertThat(client.post(path, body.formatted(array(most, item))).status()).isEqualTo(status);
    assertThat(client.post(path, body.formatted(array(least - 1, item))).problem()).isIn(REFUSED);
    assertThat(client.post(path, body.formatted(array(most + 1, item))).problem()).isIn(REFUSED);
  }

  private static String array(int number, String item) {
    return "[" + String.join(",", Collections.nCopies(number, item)) + "]";
  }

  private static JsonNode operation(String id) {
    return document
        .path("paths")
        .valueStream()
        .flatMap(JsonNode::valueStream)
        .filter(operation -> operation.path("operationId").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** Of an operation's body. */
  private static JsonNode schema(JsonNode operation) {
    JsonNode schema = operation.at("/requestBody/content/application~1json/schema");
    String ref = schema.path("$ref").asText();
    return ref.isEmpty() ? schema : document.at(ref.substring(1));
  }

  private static int bound(JsonNode schema, String name) {
    assertThat(schema.path(name).isInt()).as("%s in %s", name, schema).isTrue();
    return schema.path(name).intValue();
  }

  @Test
  void idempotencyKey_length() {
    JsonNode schema = document.at("/components/parameters/Idempotency-Key/schema");
    int least = bound(schema, "minLength");
    int most = bound(schema, "maxLength");

    assertThat(withKey(least).status()).isEqualTo(201);
    assertThat(withKey(most).status()).isEqualTo(201);
    assertThat(withKey(least - 1).problem()).isEqualTo(MALFORMED);
    assertThat(withKey(most + 1).problem()).isEqualTo(MALFORMED);
  }

  private static Reply withKey(int length) {
    return client.post("/v1/author", ROW, "Idempotency-Key", '"' + "k".repeat(length) + '"');
  }
}
