package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever is written: a document that has other bytes afterwards was named. */
class TouchedOracleIT {

  private static final int WRITES = Integer.getInteger("touched.writes", 400);

  private final long seed = Long.getLong("touched.seed", System.nanoTime());
  private final Random random = new Random(seed);

  /** Documents that changed, and what was said of them. */
  private int changed;

  private int named;
  private int models;

  @Test
  void writes_nameEveryDocumentThatChanges() throws Exception {
    System.out.println("touched.seed=" + seed);
    try (TouchedWorld world = new TouchedWorld()) {
      world.reset();
      SortedMap<String, String> before = world.built();
      int done = 0;
      for (int i = 0; i < WRITES; i++) {
        String what;
        Reply reply;
        switch (random.nextInt(10)) {
          case 0 -> {
            what = transaction(2 + random.nextInt(4));
            reply = world.client.post("/v1/transactions", what);
          }
          case 1 -> {
            what = bulk(2 + random.nextInt(5));
            reply = world.client.post("/v1/comment/bulk", what);
          }
          case 2 -> {
            what = "{\"article_id\":" + article() + "}";
            reply = world.client.post("/v1/vote", what);
          }
          default -> {
            what = transaction(1);
            reply = world.client.post("/v1/transactions", what);
          }
        }
        SortedMap<String, String> after = world.built();
        check(before, after, reply, "seed " + seed + ", write " + i + ": " + what);
        done += reply.status() < 300 ? 1 : 0;
        before = after;
      }
      System.out.printf(
          "%d of %d writes done; %d documents changed, %d named, and %d times a model%n",
          done, WRITES, changed, named, models);
      assertThat(done).isGreaterThan(WRITES / 4);
      assertThat(changed).isGreaterThan(WRITES / 4);
    }
  }

  private void check(
      SortedMap<String, String> before, SortedMap<String, String> after, Reply reply, String what) {
    assertThat(reply.status()).as(what).isLessThan(500);
    Set<String> keys = new HashSet<>(before.keySet());
    keys.addAll(after.keySet());
    Set<String> others =
        keys.stream()
            .filter(key -> !Objects.equals(before.get(key), after.get(key)))
            .collect(Collectors.toSet());
    List<String> documents = TouchedWorld.documents(reply);
    List<String> wholly = TouchedWorld.models(reply);
    changed += others.size();
    named += documents.size();
    models += wholly.size();
    others.removeIf(key -> documents.contains(key) || wholly.contains(key.split(":", 2)[0]));
    assertThat(others).as(what + "\n" + reply).isEmpty();
  }

  private String bulk(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> comment())
        .map(one -> one.replace(",\"resource\":\"comment\"", ""))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private String transaction(int count) {
    List<String> operations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      operations.add(operation());
    }
    return "{\"operations\":[" + String.join(",", operations) + "]}";
  }

  private String operation() {
    return switch (random.nextInt(14)) {
      case 0 ->
          put(
              "article",
              List.of(article()),
              "\"slug\":\"s" + random.nextInt(9) + "\",\"author_id\":" + author());
      case 1 -> patch("article", List.of(article()), "\"slug\":\"s" + random.nextInt(9) + "\"");
      case 2 -> patch("article", List.of(article()), "\"author_id\":" + author());
      case 3 ->
          patch(
              "article",
              List.of(article()),
              "\"status\":\"" + (random.nextInt(3) == 0 ? "draft" : "published") + "\"");
      case 4 ->
          random.nextInt(2) == 0
              ? delete("article", article())
              : patch("article", List.of(article()), "\"title\":\"t" + random.nextInt() + "\"");
      case 5 -> put("author", List.of(authorKey()), "\"name\":\"n" + random.nextInt(5) + "\"");
      case 6 ->
          random.nextInt(3) == 0
              ? delete("author", authorKey())
              : patch("author", List.of(authorKey()), "\"name\":\"n" + random.nextInt(5) + "\"");
      case 7 -> put("tag", List.of(tag()), "\"name\":\"g" + random.nextInt(6) + "\"");
      case 8 ->
          random.nextInt(3) == 0
              ? delete("tag", tag())
              : create("article_tag", "\"article_id\":" + article() + ",\"tag_id\":" + tag());
      case 9 ->
          random.nextBoolean()
              ? delete("article_tag", article(), tag())
              : patch("article_tag", List.of(article(), tag()), "\"tag_id\":" + tag());
      case 10 -> reading();
      case 11 -> patch("rate", List.of("1"), "\"amount\":" + random.nextInt(3));
      default -> comment();
    };
  }

  private String comment() {
    String key = "" + (1 + random.nextInt(12));
    String parent = random.nextInt(3) == 0 ? "" + (1 + random.nextInt(12)) : "null";
    return switch (random.nextInt(6)) {
      case 0 -> delete("comment", key);
      case 1 -> patch("comment", List.of(key), "\"article_id\":" + article());
      case 2 -> patch("comment", List.of(key), "\"parent_id\":" + parent);
      case 3 -> patch("comment", List.of(key), "\"id\":" + (1 + random.nextInt(12)));
      default ->
          put(
              "comment",
              List.of(key),
              "\"article_id\":%s,\"author_id\":%s,\"parent_id\":%s,\"body\":\"b%d\""
                  .formatted(article(), author(), parent, random.nextInt(4)));
    };
  }

  private String reading() {
    String key = "" + (1 + random.nextInt(4));
    String day = day();
    return switch (random.nextInt(4)) {
      case 0 -> delete("reading", key, day);
      case 1 -> patch("reading", List.of(key, day), "\"taken\":\"" + day() + "\"");
      default -> put("reading", List.of(key, day), "\"article_id\":" + article());
    };
  }

  private String day() {
    return LocalDate.of(2025, 12, 30).plusDays(random.nextInt(4)).toString();
  }

  private String article() {
    return "" + (1 + random.nextInt(6));
  }

  private String author() {
    return random.nextInt(4) == 0 ? "null" : authorKey();
  }

  private String authorKey() {
    return "" + (1 + random.nextInt(4));
  }

  private String tag() {
    return "" + (1 + random.nextInt(4));
  }

  private static String create(String resource, String members) {
    return "{\"op\":\"create\",\"resource\":\"%s\",\"value\":{%s}}".formatted(resource, members);
  }

  private static String put(String resource, List<String> key, String members) {
    return keyed("put", resource, key, ",\"value\":{" + members + "}");
  }

  private static String patch(String resource, List<String> key, String members) {
    return keyed("patch", resource, key, ",\"value\":{" + members + "}");
  }

  private static String delete(String resource, String... key) {
    return keyed("delete", resource, List.of(key), "");
  }

  private static String keyed(String op, String resource, List<String> key, String rest) {
    String keys = key.stream().map(one -> "\"" + one + "\"").collect(Collectors.joining(","));
    return "{\"op\":\"%s\",\"resource\":\"%s\",\"key\":[%s]%s}".formatted(op, resource, keys, rest);
  }
}
