package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Roles for each verb, the database's own rights, and who did what. */
class RightsIT {

  private static TestApi api;
  private static TestClient client;
  private static TestClient other;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    client = api.client;
    other = new TestClient(api.server.port(), api.keys.create("other", Set.of("editor", "chief")));
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void verbs_haveRolesOfTheirOwn() {
    client.post("/v1/owned", "{\"id\":1}");

    assertThat(client.patch("/v1/owned/1", "{\"note\":\"x\"}").status()).isEqualTo(403);
    assertThat(client.delete("/v1/owned/1").status()).as("nobody's").isEqualTo(403);
    assertThat(client.put("/v1/owned/1", "{}").status()).as("may create only").isEqualTo(403);
    assertThat(client.put("/v1/owned/1", "{}", "If-None-Match", "*").status()).isEqualTo(412);
    assertThat(client.post("/v1/owned/bulk", "[{\"op\":\"delete\",\"key\":[\"1\"]}]").status())
        .isEqualTo(403);
    assertThat(
            client
                .post(
                    "/v1/transactions",
                    "{\"operations\":[{\"op\":\"create\",\"resource\":\"author\",\"value\":{\"name\":\"x\"}},"
                        + "{\"op\":\"delete\",\"resource\":\"owned\",\"key\":[\"1\"]}]}")
                .status())
        .isEqualTo(403);
    assertThat(client.get("/v1/nobodys").status()).isEqualTo(403);
  }

  @Test
  void databaseRole_seesAndWritesWhatPoliciesAllow() throws Exception {
    assertThat(client.post("/v1/owned", "{\"id\":10,\"note\":\"mine\"}").status()).isEqualTo(201);
    assertThat(other.post("/v1/owned", "{\"id\":11,\"note\":\"theirs\"}").status()).isEqualTo(201);
    assertThat(api.ask("select owner from owned where id = 10")).isEqualTo("tester");

    assertThat(other.get("/v1/owned/10").status()).isEqualTo(404);
    assertThat(other.patch("/v1/owned/10", "{\"note\":\"stolen\"}").status()).isEqualTo(404);
    assertThat(other.get("/v1/owned?id.in=10,11").json()).hasSize(1);
    assertThat(other.patch("/v1/owned/11", "{\"note\":\"changed\"}").status()).isEqualTo(200);
    assertThat(api.ask("select note from owned where id = 10")).isEqualTo("mine");

    // The row is there, though its owner alone sees it.
    Reply taken = other.put("/v1/owned/10", "{\"note\":\"stolen\"}");
    assertThat(taken.status()).as(taken.toString()).isIn(403, 409, 422);
    assertThat(api.ask("select note from owned where id = 10")).isEqualTo("mine");
  }

  @Test
  void databaseRole_policyForbidsOneRowOrOneOfMany() throws Exception {
    assertThat(client.post("/v1/owned", "{\"id\":30,\"note\":\"forbidden\"}").status())
        .isEqualTo(403);
    Reply many = client.post("/v1/owned", "[{\"id\":30},{\"id\":31,\"note\":\"forbidden\"}]");
    assertThat(many.status()).as(many.toString()).isEqualTo(403);
    assertThat(api.ask("select count(*) from owned where id in (30, 31)")).isEqualTo("0");
    Reply bulk =
        client.post(
            "/v1/owned/bulk",
            "[{\"op\":\"create\",\"value\":{\"id\":32,\"note\":\"forbidden\"}},"
                + "{\"op\":\"create\",\"value\":{\"id\":33}}]");
    assertThat(bulk.json()).extracting(one -> one.path("status").asInt()).containsExactly(403, 201);
  }

  @Test
  void writer_whoMayNotReadSeesNothing() throws Exception {
    Reply created = client.post("/v1/sealed", "{\"id\":1,\"note\":\"a\"}");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("ETag")).isNotEmpty();
    Reply bulk =
        client.post("/v1/sealed/bulk", "[{\"op\":\"patch\",\"key\":[\"1\"],\"value\":{}}]");
    Reply transaction =
        client.post(
            "/v1/transactions",
            "{\"operations\":[{\"op\":\"patch\",\"resource\":\"sealed\",\"key\":[\"1\"],\"value\":{}}]}");
    for (Reply reply :
        List.of(
            created,
            client.get("/v1/sealed/1"),
            client.patch("/v1/sealed/1", "{}"),
            client.put("/v1/sealed/1", "{\"note\":\"b\"}"),
            client.post("/v1/sealed", "[{\"id\":2}]"),
            bulk,
            transaction)) {
      assertThat(reply.body()).as(reply.toString()).doesNotContain("not yours", "note");
    }
    assertThat(bulk.json().get(0).path("status").asInt()).isEqualTo(200);

    String copy =
        "{\"operations\":[{\"op\":\"patch\",\"resource\":\"sealed\",\"key\":[\"1\"],\"value\":{}},"
            + "{\"op\":\"create\",\"resource\":\"author\",\"value\":{\"name\":{\"$ref\":\"/0/hidden\"}}}]}";
    assertThat(client.post("/v1/transactions", copy).status()).isEqualTo(403);
    assertThat(api.ask("select count(*) from author where name = 'not yours'")).isEqualTo("0");
  }

  @Test
  void databaseRole_endsWithItsOperation() throws Exception {
    Reply done =
        client.post(
            "/v1/transactions",
            "{\"operations\":[{\"op\":\"create\",\"resource\":\"owned\",\"value\":{\"id\":20}},"
                + "{\"op\":\"create\",\"resource\":\"author\",\"value\":{\"name\":\"After\"}}]}");

    assertThat(done.status()).as("app_writer may not touch author: " + done).isEqualTo(200);
  }

  @Test
  void audit_saysWhoDidWhat() throws Exception {
    Reply created =
        client.post(
            "/v1/author",
            "{\"name\":\"Audited\"}",
            "X-Request-Id",
            "audit-1",
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    String id = created.json().path("id").asText();
    client.patch("/v1/author/" + id, "{\"name\":\"Changed\"}", "X-Request-Id", "audit-2");
    client.delete("/v1/author/" + id, "X-Request-Id", "audit-3");
    client.delete("/v1/author/" + id, "X-Request-Id", "audit-4");

    assertThat(audit("audit-1"))
        .isEqualTo(
            "tester [{\"op\": \"create\", \"key\": [\"%s\"], \"resource\": \"author\"}] 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                .formatted(id));
    assertThat(audit("audit-2")).startsWith("tester [{\"op\": \"patch\"");
    assertThat(audit("audit-3")).startsWith("tester [{\"op\": \"delete\"");
    assertThat(audit("audit-4")).as("nothing was changed").isEqualTo("no row");
    client.patch("/v1/author/1", "{}", "X-Request-Id", "audit-6");
    assertThat(audit("audit-6")).as("nothing was asked for").isEqualTo("no row");
    Reply kept = client.post("/v1/author", "{\"name\":\"Kept\"}", "X-Request-Id", "audit-5");
    assertThat(
            api.ask(
                "select t.id from author t join forebay.audit a"
                    + " on t.xmin::text::bigint = a.xid::text::bigint & 4294967295"
                    + " where a.request_id = 'audit-5'"))
        .as("the transaction of the row")
        .isEqualTo(kept.json().path("id").asText());
  }

  @Test
  void audit_namesEveryOperationOfARequest() throws Exception {
    client.post("/v1/author", "[{\"name\":\"a\"},{\"name\":\"b\"}]", "X-Request-Id", "many-1");
    client.post(
        "/v1/author/bulk",
        "[{\"op\":\"create\",\"value\":{\"name\":\"c\"}},{\"op\":\"create\",\"value\":{}}]",
        "X-Request-Id",
        "many-2");

    assertThat(operations("many-1")).isEqualTo("2");
    assertThat(operations("many-2")).as("the item that failed is not there").isEqualTo("1");
  }

  @Test
  void repetition_isNotAudited() throws Exception {
    for (String request : List.of("again-1", "again-2")) {
      client.post(
          "/v1/author", "{\"name\":\"x\"}", "Idempotency-Key", "\"a\"", "X-Request-Id", request);
    }
    assertThat(operations("again-1")).isEqualTo("1");
    assertThat(operations("again-2")).isEqualTo("no row");
  }

  private static String audit(String request) throws Exception {
    return api.ask(
        "select concat_ws(' ', principal, operations, traceparent) from forebay.audit where request_id = '"
            + request
            + "'");
  }

  private static String operations(String request) throws Exception {
    return api.ask(
        "select jsonb_array_length(operations) from forebay.audit where request_id = '"
            + request
            + "'");
  }
}
