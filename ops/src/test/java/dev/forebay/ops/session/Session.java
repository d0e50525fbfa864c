package dev.forebay.ops.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.ops.session.Client.Written;
import dev.forebay.ops.session.Event.Mark;
import dev.forebay.ops.session.Event.Wrote;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * What one client does, decided by its seed: it has an article or two of its own, which it changes
 * in every way and nobody else does, and it changes what all share. For one thread at a time.
 *
 * <p>Half of the authors and tags are renamed, and articles move between the others: else a
 * location may show an article as it was before somebody moved it, with an author whose renaming
 * does not name it any more. What moves while a write commits is TouchedMeanwhileIT's.
 */
final class Session {

  private static final int RECENT = 24;

  private final int id;
  private final int shared;
  private final Random random;
  private final Client client;
  private final List<Article> articles = new ArrayList<>();

  /** Documents that it has something to do with, the latest last. */
  private final List<String> recent = new ArrayList<>();

  private int home;
  private int texts;
  private int steps;

  /** An article of its own, and a tag that it has. */
  private static final class Article {
    private final int id;
    private int tag;

    private Article(int id, int tag) {
      this.id = id;
      this.tag = tag;
    }
  }

  Session(SessionWorld world, Tally tally, int id, int shared, int steps, long seed) {
    this.id = id;
    this.shared = shared;
    this.steps = steps;
    // Random itself begins nearly alike for seeds that are neighbours.
    this.random = new Random(new SplittableRandom(seed * 1_000_003 + id).nextLong());
    this.client = new Client(world, tally, id, random);
    this.home = random.nextInt(SessionWorld.LOCATIONS);
  }

  /** What it was told, and the name for people. */
  List<String> lies(Truth truth) {
    return client.lies(truth, "session " + id);
  }

  /** Does the next thing; false if that was the last one. */
  boolean step() throws IOException, InterruptedException {
    if (random.nextInt(4) == 0) {
      home = random.nextInt(SessionWorld.LOCATIONS);
    }
    if (steps-- == 0) {
      for (Article article : List.copyOf(articles)) {
        delete(article);
      }
      read();
      return false;
    }
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> write();
      case 3 -> readWhileWriting();
      case 4 -> readTwoAtOnce();
      default -> read();
    }
    return true;
  }

  /** Now and then once more, elsewhere. */
  private void read() {
    String document = anyDocument();
    client.read(document, home, random.nextInt(4) == 0);
    while (random.nextInt(3) == 0) {
      home = random.nextInt(SessionWorld.LOCATIONS);
      client.read(document, home, random.nextInt(4) == 0);
    }
  }

  private void readWhileWriting() throws IOException, InterruptedException {
    Runnable end = client.readBesideWrite(anyDocument(), home);
    write();
    end.run();
  }

  /** And each once more, elsewhere: there it must not be older, if its token was kept. */
  private void readTwoAtOnce() {
    String first = anyDocument();
    String last = anyDocument();
    client.readTogether(first, home, last, random.nextInt(SessionWorld.LOCATIONS));
    home = random.nextInt(SessionWorld.LOCATIONS);
    client.read(first, home, false);
    client.read(last, home, false);
  }

  private String anyDocument() {
    if (!recent.isEmpty() && random.nextInt(4) > 0) {
      return recent.get(random.nextInt(recent.size()));
    }
    return switch (random.nextInt(7)) {
      case 0, 6 -> "front_page:";
      case 1 -> "tag:t" + any(shared / 2);
      case 2 -> "author:u" + any(shared / 2);
      case 3 -> "article:s" + random.nextInt(id + 1) + "-0";
      default -> "article:a" + any(shared);
    };
  }

  private int any(int most) {
    return 1 + random.nextInt(most);
  }

  private void write() throws IOException, InterruptedException {
    int what = random.nextInt(14);
    if (what < 3 && articles.size() < 2) {
      create();
    } else if (what < 9 && !articles.isEmpty()) {
      Article mine = articles.get(random.nextInt(articles.size()));
      switch (what) {
        case 0, 1 -> delete(mine);
        case 2, 3 -> moveTag(mine);
        case 4 -> patch("article", mine.id, "slug", "\"s" + id + "-" + random.nextInt(4) + "\"");
        case 5, 6 ->
            patch("article", mine.id, "published", random.nextInt(3) > 0 ? "true" : "false");
        case 7 -> patch("article", mine.id, "author_id", Integer.toString(any(shared / 4)));
        default -> patch("article", mine.id, "title", text());
      }
    } else {
      int row = shared / 4 + any(shared / 4);
      switch (what) {
        case 9 -> patch("author", row, "name", text());
        case 10 -> patch("tag", row, "name", text());
        // What stands there already: not one byte is altered.
        case 11 -> patch("author", row, "slug", "\"u" + row + "\"");
        case 12 -> patch("tag", row, "slug", "\"t" + row + "\"");
        default -> patch("article", any(shared), "title", text());
      }
    }
  }

  private String text() {
    return "\"session " + id + " text " + ++texts + "\"";
  }

  private void patch(String table, int row, String column, String value)
      throws IOException, InterruptedException {
    Written written =
        client.write("PATCH", "/v1/" + table + "/" + row, "{\"" + column + "\": " + value + "}");
    if (written != null) {
      note(written, Client.mark(table, written.body()), false);
    }
  }

  private void create() throws IOException, InterruptedException {
    String slug = "s" + id + "-" + random.nextInt(4);
    int tag = any(shared / 4);
    Written written =
        client.write(
            "POST",
            "/v1/transactions",
            """
            {"operations": [
              {"op": "create", "resource": "article", "value": {"slug": "%s", "title": %s, "published": %b, "author_id": %d}},
              {"op": "create", "resource": "article_tag", "value": {"article_id": {"$ref": "/0/id"}, "tag_id": %d}}]}\
            """
                .formatted(slug, text(), random.nextInt(4) > 0, any(shared / 4), tag));
    if (written != null) {
      JsonNode article = written.body().path("results").path(0).path("value");
      articles.add(new Article(article.path("id").asInt(), tag));
      note(written, Client.mark("article", article), true);
    }
  }

  private void moveTag(Article mine) throws IOException, InterruptedException {
    int tag = any(shared / 4);
    Written written =
        client.write(
            "POST",
            "/v1/transactions",
            """
            {"operations": [
              {"op": "delete", "resource": "article_tag", "key": ["%1$d", "%2$d"]},
              {"op": "create", "resource": "article_tag", "value": {"article_id": %1$d, "tag_id": %3$d}}]}\
            """
                .formatted(mine.id, mine.tag, tag));
    if (written != null) {
      JsonNode link = written.body().path("results").path(1).path("value");
      mine.tag = tag;
      // The link that is gone is of the same transaction.
      note(written, Client.mark("article_tag", link), true);
    }
  }

  private void delete(Article mine) throws IOException, InterruptedException {
    Written written = client.write("DELETE", "/v1/article/" + mine.id, null);
    if (written != null) {
      articles.remove(mine);
      note(written, new Mark("article " + mine.id, null), true);
    }
  }

  private void note(Written written, Mark mark, boolean whole) {
    client.note(new Wrote(mark, whole, written.at(), written.expires()));
    recent.removeAll(written.documents());
    recent.addAll(written.documents());
    Iterator<String> oldest = recent.iterator();
    while (recent.size() > RECENT) {
      oldest.next();
      oldest.remove();
    }
  }
}
