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
          () -> insert("article_tag", some("article"), some("tag")),
          this::insertComment,
          () -> insert("credit", commentId(), some("article"), authorOrNull(), role(), place()),
          () -> insert("edition", slug(), lang(), name()),
          () -> insert("chapter", slug(), lang(), number(), name()));

  private final List<Supplier<String>> others =
      List.of(
          () -> "update author set name = " + name() + at("author"),
          () -> "update author set handle = " + handle() + at("author"),
          () -> "update author set mentor_id = " + authorOrNull() + at("author"),
          () -> "update author set id = " + id() + at("author"),
          () -> "delete from author" + at("author"),
          () -> "update author set handle = handle || '!' where mentor_id = " + some("author"),
          () -> "update article set status = " + status() + at("article"),
          () -> "update article set author_id = " + authorOrNull() + at("article"),
          () -> "update article set editor_id = " + authorOrNull() + at("article"),
          () -> "update article set slug = " + slug() + at("article"),
          this::swapSlugs,
          () -> "update article set id = " + id() + at("article"),
          () ->
              "update article set published_at = " + time() + ", title = " + name() + at("article"),
          () -> "update article set price = " + price() + at("article"),
          () -> "delete from article" + at("article"),
          () -> "update tag set name = " + name() + at("tag"),
          () -> "update tag set slug = " + slug() + at("tag"),
          () -> "update tag set id = " + id() + at("tag"),
          () -> "delete from tag" + at("tag"),
          () ->
              "update article_tag set tag_id = "
                  + some("tag")
                  + " where article_id = "
                  + some("article"),
          () ->
              "update article_tag set article_id = "
                  + some("article")
                  + " where tag_id = "
                  + some("tag"),
          () -> "delete from article_tag where tag_id = " + some("tag"),
          () -> "update comment set article_id = " + some("article") + at("comment"),
          () -> "update comment set body = " + body() + at("comment"),
          () -> "update comment set author_id = " + authorOrNull() + at("comment"),
          () -> "update comment set created_at = " + time() + at("comment"),
          () -> "delete from comment" + at("comment"),
          () -> "update credit set role = " + role() + at("credit"),
          () -> "update credit set place = " + place() + at("credit"),
          () -> "update credit set author_id = " + authorOrNull() + at("credit"),
          () -> "update credit set article_id = " + some("article") + at("credit"),
          () -> "delete from credit" + at("credit"),
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
      for (int count = 1 + random.nextInt(4); count > 0; count--) {
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
    String statement = kinds.get(random.nextInt(kinds.size())).get();
    // Rarer deletes keep enough rows for the other changes to meet.
    return statement.startsWith("delete") && random.nextInt(3) > 0 ? next() : statement;
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
    return insert("comment", commentId(), some("article"), authorOrNull(), body(), time());
  }

  private String swapSlugs() {
    String one = some("article");
    String other = some("article");
    return "update article a set slug = b.slug from article b where (a.id, b.id) in ((%1$s, %2$s), (%2$s, %1$s))"
        .formatted(one, other);
  }

  private static String insert(String table, String... values) {
    return "insert into " + table + " values (" + String.join(", ", values) + ")";
  }

  /** One of the rows there are: chosen by the seed, not by PostgreSQL's random(). */
  private String some(String table) {
    return "(select id from %s order by hashint8(id + %d), id limit 1)"
        .formatted(table, random.nextInt(1000));
  }

  private String at(String table) {
    return " where id = " + some(table);
  }

  private String price() {
    return pick("1", "1.0", "1.00", "0.7");
  }

  private String role() {
    return pick("'ghost'", "'writer'", "'photos'");
  }

  private String place() {
    return pick("null", "1", "2");
  }

  private String commentId() {
    return Integer.toString(1 + random.nextInt(12));
  }

  private String pick(String... values) {
    return values[random.nextInt(values.length)];
  }

  private String id() {
    return Integer.toString(1 + random.nextInt(6));
  }

  private String authorOrNull() {
    return random.nextInt(4) == 0 ? "null" : some("author");
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
