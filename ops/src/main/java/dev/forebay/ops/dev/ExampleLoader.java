package dev.forebay.ops.dev;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Puts the example publication into an empty database: schema.sql, the articles in the order of
 * their file names, comments.sql. All in one transaction, once.
 */
final class ExampleLoader {

  private static final String AUTHOR =
      """
      insert into author (slug, name) values (?, ?)
      on conflict (slug) do update set name = excluded.name returning id\
      """;
  private static final String TAG =
      """
      insert into tag (slug, name) values (?, ?)
      on conflict (slug) do update set name = excluded.name returning id\
      """;
  private static final String ARTICLE =
      """
      insert into article (slug, title, summary, body, status, author_id, published_at)
      values (?, ?, ?, ?, 'published', ?, ?) returning id\
      """;
  private static final String ARTICLE_TAG =
      "insert into article_tag (article_id, tag_id) values (?, ?)";

  private final Path directory;

  /**
   * @param directory ops/example
   */
  ExampleLoader(Path directory) {
    this.directory = directory;
  }

  /**
   * Loads the example unless the database has an article table already.
   *
   * @return how many articles were loaded; 0 if there was nothing to do
   * @throws InvalidSetupException for everything wrong with the article files
   */
  int loadOnce(DataSource database) throws IOException, SQLException {
    try (Connection connection = database.getConnection()) {
      if (isLoaded(connection)) {
        return 0;
      }
      List<ArticleFile> articles = articles();
      connection.setAutoCommit(false);
      run(connection, directory.resolve("schema.sql"));
      for (ArticleFile article : articles) {
        insert(connection, article);
      }
      run(connection, directory.resolve("comments.sql"));
      connection.commit();
      return articles.size();
    }
  }

  private static boolean isLoaded(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select to_regclass('public.article') is not null")) {
      return rows.next() && rows.getBoolean(1);
    }
  }

  private List<ArticleFile> articles() throws IOException {
    List<ArticleFile> articles = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory.resolve("articles"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".md")).sorted().toList()) {
        try {
          articles.add(ArticleFile.parse(file.getFileName().toString(), Files.readString(file)));
        } catch (ArticleFile.InvalidArticleException e) {
          problems.addAll(e.problems());
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidSetupException(problems);
    }
    return articles;
  }

  private static void run(Connection connection, Path script) throws IOException, SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(Files.readString(script));
    }
  }

  private static void insert(Connection connection, ArticleFile article) throws SQLException {
    int author = id(connection, AUTHOR, ArticleFile.slug(article.author()), article.author());
    int id =
        id(
            connection,
            ARTICLE,
            article.slug(),
            article.title(),
            article.summary(),
            article.body(),
            author,
            article.publishedAt().atOffset(ZoneOffset.UTC));
    for (String tag : article.tags()) {
      int tagId = id(connection, TAG, ArticleFile.slug(tag), tag);
      try (PreparedStatement insert = connection.prepareStatement(ARTICLE_TAG)) {
        insert.setInt(1, id);
        insert.setInt(2, tagId);
        insert.executeUpdate();
      }
    }
  }

  private static int id(Connection connection, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }
}
