package dev.forebay.model.compile;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Changes of every kind to the publication, over so few values that they collide all the time. */
final class RandomChanges {

  private final Random random;

  private final List<Supplier<String>> inserts =
      List.of(
          () -> insert("author", id(), handle(), name(), authorOrNull()),
          this::insertArticle,
          () -> insert("tag", id(), slug(), name()),
          () -> insert("article_tag", id(), id()),
          this::insertComment,
          () -> insert("edition", slug(), lang(), name()),
          () -> insert("chapter", slug(), lang(), number(), name()));

  private final List<Supplier<String>> others =
      List.of(
          () -> "update author set name = " + name() + at(),
          () -> "update author set handle = " + handle() + at(),
          () -> "update author set mentor_id = " + authorOrNull() + at(),
          () -> "update author set id = " + id() + at(),
          () -> "delete from author" + at(),
          () -> "update author set handle = handle || '!' where mentor_id = " + id(),
          () -> "update article set status = " + status() + at(),
          () -> "update article set author_id = " + authorOrNull() + at(),
          () -> "update article set editor_id = " + authorOrNull() + at(),
          () -> "update article set slug = " + slug() + at(),
          this::swapSlugs,
          () -> "update article set id = " + id() + at(),
          () -> "update article set published_at = " + time() + ", title = " + name() + at(),
          () -> "update article set price = " + number() + "::numeric / 10" + at(),
          () -> "delete from article" + at(),
          () -> "update tag set name = " + name() + at(),
          () -> "update tag set slug = " + slug() + at(),
          () -> "update tag set id = " + id() + at(),
          () -> "delete from tag" + at(),
          () -> "update article_tag set tag_id = " + id() + " where article_id = " + id(),
          () -> "update article_tag set article_id = " + id() + " where tag_id = " + id(),
          () -> "delete from article_tag where tag_id = " + id(),
          () -> "update comment set article_id = " + id() + atComment(),
          () -> "update comment set body = " + body() + atComment(),
          () -> "update comment set author_id = " + authorOrNull() + atComment(),
          () -> "update comment set created_at = " + time() + atComment(),
          () -> "delete from comment" + atComment(),
          () -> "update edition set title = " + name() + " where lang = " + lang(),
          () -> "update edition set article_slug = " + slug() + " where article_slug = " + slug(),
          () -> "update edition set lang = " + lang() + " where article_slug = " + slug(),
          () -> "delete from edition where lang = " + lang() + " and article_slug = " + slug(),
          () -> "update chapter set heading = null where number = " + number(),
          () -> "update chapter set number = " + number() + " where article_slug = " + slug(),
          () -> "update chapter set article_slug = " + slug() + " where number = " + number(),
          () -> "delete from chapter where number = " + number() + " and lang = " + lang());

  RandomChanges(Random random) {
    this.random = random;
  }

  /** Runs some changes in one transaction; those that break a constraint leave nothing. */
  void run(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      for (int count = 1 + random.nextInt(8); count > 0; count--) {
        Savepoint savepoint = connection.setSavepoint();
        try {
          statement.execute(next());
          statement.execute("set constraints all immediate; set constraints all deferred");
        } catch (SQLException e) {
          if (!String.valueOf(e.getSQLState()).startsWith("23")) {
            throw e;
          }
          connection.rollback(savepoint);
        }
      }
      connection.commit();
    }
  }

  private String next() {
    List<Supplier<String>> kinds = random.nextInt(5) < 2 ? inserts : others;
    return kinds.get(random.nextInt(kinds.size())).get();
  }

  private String insertArticle() {
    return insert(
        "article",
        id(),
        slug(),
        name(),
        status(),
        number(),
        number(),
        time(),
        authorOrNull(),
        authorOrNull());
  }

  private String insertComment() {
    return insert("comment", commentId(), id(), authorOrNull(), body(), time());
  }

  private String swapSlugs() {
    String one = id();
    String other = id();
    return "update article a set slug = b.slug from article b where (a.id, b.id) in ((%1$s, %2$s), (%2$s, %1$s))"
        .formatted(one, other);
  }

  private static String insert(String table, String... values) {
    return "insert into " + table + " values (" + String.join(", ", values) + ")";
  }

  private String at() {
    return " where id = " + id();
  }

  private String commentId() {
    return Integer.toString(1 + random.nextInt(12));
  }

  private String atComment() {
    return " where id = " + commentId();
  }

  private String pick(String... values) {
    return values[random.nextInt(values.length)];
  }

  private String id() {
    return Integer.toString(1 + random.nextInt(6));
  }

  private String authorOrNull() {
    return random.nextInt(4) == 0 ? "null" : id();
  }

  private String number() {
    return Integer.toString(1 + random.nextInt(3));
  }

  private String handle() {
    return pick("'ann'", "'bob'", "'cäcilie'", "'d d'", "'e/e'", "'🦆'");
  }

  private String slug() {
    return pick("'one'", "'two'", "'three'", "'f o/ur'", "'fünf'");
  }

  private String lang() {
    return pick("'de'", "'en'");
  }

  private String name() {
    return pick("'A'", "'B'", "'a \"quoted\" one'", "''");
  }

  private String status() {
    return pick("'published'", "'published'", "'draft'");
  }

  private String body() {
    return pick("'spam'", "'fine'", "'good'");
  }

  private String time() {
    return pick("'2026-01-01T10:00:00Z'", "'2026-01-01T11:00:00.5+02'", "'2026-03-01Z'");
  }
}
