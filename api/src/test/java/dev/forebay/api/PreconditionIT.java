package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Entity tags, and writes that are bound to them. */
class PreconditionIT {

  private static final int WRITERS = 32;
  private static final int ADDITIONS = 5;

  private static TestApi api;
  private static TestClient client;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    client = api.client;
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void tag_isStrongAndTheSameWhereverItIsGiven() {
    Reply created = client.post("/v1/author", "{\"name\":\"Ada\"}");
    String place = created.header("Location");

    assertThat(created.header("ETag")).matches("\"[^\"]+\"");
    assertThat(client.get(place).header("ETag")).isEqualTo(created.header("ETag"));
    Reply changed = client.patch(place, "{\"name\":\"Bea\"}");
    assertThat(changed.header("ETag")).isNotEqualTo(created.header("ETag"));
    assertThat(client.get(place).header("ETag")).isEqualTo(changed.header("ETag"));
  }

  @Test
  void tag_changesWithWhatNobodySees() throws Exception {
    Reply created = client.post("/v1/author", "{\"name\":\"Ada\"}");
    String id = created.json().path("id").asText();

    api.execute("update author set secret = 'new' where id = " + id);

    assertThat(client.get("/v1/author/" + id).header("ETag")).isNotEqualTo(created.header("ETag"));
  }

  @Test
  void get_ifNoneMatch() {
    Reply created = client.post("/v1/author", "{\"name\":\"Ada\"}");
    String place = created.header("Location");
    String tag = created.header("ETag");

    for (String header : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
      Reply same = client.get(place, "If-None-Match", header);
      assertThat(same.status()).as(header).isEqualTo(304);
      assertThat(same.body()).isEmpty();
      assertThat(same.header("ETag")).isEqualTo(tag);
    }
    assertThat(client.get(place, "If-None-Match", "\"x\"").status()).isEqualTo(200);
    assertThat(client.get(place, "If-None-Match", "x").problem()).isEqualTo("malformed-request");
  }

  @Test
  void ifMatch_otherVersionIsRefused() {
    Reply created = client.post("/v1/author", "{\"name\":\"Ada\"}");
    String place = created.header("Location");
    String old = created.header("ETag");
    client.patch(place, "{\"name\":\"Bea\"}", "If-Match", old);

    for (Reply refused :
        List.of(
            client.patch(place, "{\"name\":\"Cy\"}", "If-Match", old),
            client.patch(place, "{}", "If-Match", old),
            client.put(place, "{\"name\":\"Cy\"}", "If-Match", old),
            client.delete(place, "If-Match", old),
            client.delete(place, "If-Match", "W/" + client.get(place).header("ETag")))) {
      assertThat(refused.status()).as(refused.toString()).isEqualTo(412);
      assertThat(refused.problem()).isEqualTo("precondition-failed");
    }
    assertThat(client.get(place).json().path("name").asText()).isEqualTo("Bea");
    String tag = client.get(place).header("ETag");
    assertThat(client.delete(place, "If-Match", "\"0\", " + tag).status()).isEqualTo(204);
  }

  @Test
  void ifMatch_anyVersion() {
    String place = client.post("/v1/author", "{\"name\":\"Ada\"}").header("Location");

    assertThat(client.patch(place, "{\"name\":\"Bea\"}", "If-Match", "*").status()).isEqualTo(200);
    assertThat(client.delete(place, "If-Match", "*").status()).isEqualTo(204);
    assertThat(client.delete(place, "If-Match", "*").status()).isEqualTo(404);
  }

  @Test
  void ifMatch_wherePreconditionsAreOfNoUse() {
    String place = client.post("/v1/author", "{\"name\":\"Ada\"}").header("Location");

    assertThat(client.patch(place, "{}", "If-None-Match", "*").status()).isEqualTo(400);
    assertThat(client.delete(place, "If-None-Match", "*").status()).isEqualTo(400);
    assertThat(client.put(place, "{\"name\":\"x\"}", "If-None-Match", "\"1\"").status())
        .isEqualTo(400);
    assertThat(client.patch(place, "{}", "If-Match", "no quotes").status()).isEqualTo(400);
  }

  @Test
  void ifMatch_veryManyTags() {
    String place = client.post("/v1/author", "{\"name\":\"Ada\"}").header("Location");
    String tags = "\"0\",".repeat(99);

    assertThat(
            client.patch(place, "{}", "If-Match", tags + client.get(place).header("ETag")).status())
        .isEqualTo(200);
    assertThat(client.patch(place, "{}", "If-Match", "\"\",".repeat(3_000) + "\"\"").status())
        .isEqualTo(400);
    String body =
        "{\"operations\":[{\"op\":\"delete\",\"resource\":\"author\",\"key\":[\"1\"],\"ifMatch\":\""
            + "\\\"\\\",".repeat(40_000)
            + "\"}]}";
    assertThat(client.post("/v1/transactions", body).status()).isEqualTo(422);
  }

  @Test
  void ifMatch_missingWhereItIsRequired() {
    Reply created = client.post("/v1/counted", "{\"id\":1,\"note\":\"a\"}");
    assertThat(created.header("ETag")).isEqualTo("\"1\"");

    for (Reply refused :
        List.of(
            client.patch("/v1/counted/1", "{\"note\":\"b\"}"),
            client.put("/v1/counted/1", "{\"note\":\"b\"}"),
            client.delete("/v1/counted/1"))) {
      assertThat(refused.status()).as(refused.toString()).isEqualTo(428);
      assertThat(refused.problem()).isEqualTo("precondition-required");
    }
    Reply changed = client.patch("/v1/counted/1", "{\"note\":\"b\"}", "If-Match", "\"1\"");
    assertThat(changed.header("ETag")).isEqualTo("\"2\"");
    Reply replaced = client.put("/v1/counted/1", "{\"note\":\"c\"}", "If-Match", "\"2\"");
    assertThat(replaced.header("ETag")).isEqualTo("\"3\"");
    assertThat(client.put("/v1/counted/2", "{\"note\":\"d\"}", "If-None-Match", "*").status())
        .isEqualTo(201);
  }

  @Test
  void ifMatch_writersThatRaceLoseNoUpdate() throws Exception {
    for (String resource : List.of("guarded", "counted")) {
      String column = resource.equals("counted") ? "size" : "note";
      String place = "/v1/" + resource + "/900";
      String zero = column.equals("size") ? "0" : "\"0\"";
      assertThat(
              client.put(place, "{\"" + column + "\":" + zero + "}", "If-None-Match", "*").status())
          .isEqualTo(201);

      List<Future<Integer>> writers = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < WRITERS; i++) {
          writers.add(threads.submit(() -> add(place, column)));
        }
      }
      int conflicts = 0;
      for (Future<Integer> writer : writers) {
        conflicts += writer.get();
      }
      System.out.println(resource + ": " + conflicts + " refused by If-Match");

      assertThat(client.get(place).json().path(column).asInt()).isEqualTo(WRITERS * ADDITIONS);
      assertThat(conflicts).as("they did race").isPositive();
    }
  }

  /** Adds one, so many times, each time to what it has just read. */
  private static int add(String place, String column) {
    int conflicts = 0;
    for (int done = 0; done < ADDITIONS; ) {
      Reply read = client.get(place);
      String next = String.valueOf(read.json().path(column).asInt() + 1);
      String body =
          "{\"" + column + "\":" + (column.equals("size") ? next : "\"" + next + "\"") + "}";
      Reply written = client.patch(place, body, "If-Match", read.header("ETag"));
      switch (written.status()) {
        case 200 -> done++;
        case 412, 503 -> conflicts++;
        default -> throw new AssertionError(written.toString());
      }
    }
    return conflicts;
  }
}
