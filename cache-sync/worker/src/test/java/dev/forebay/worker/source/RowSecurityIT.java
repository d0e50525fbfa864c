package dev.forebay.worker.source;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.worker.ArticleModel;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Row security that begins under a worker: it must not make documents smaller in silence. */
@NullUnmarked
class RowSecurityIT {

  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void startServer() throws IOException, SQLException {
    postgres = EmbeddedPostgres.start();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create table article (id integer primary key, slug text not null, hidden boolean not null);
          insert into article values (1, 'one', false), (2, 'two', true);
          create policy visible on article using (not hidden);
          alter table article enable row level security;
          create role builder login;
          grant select on article to builder\
          """);
    }
  }

  @AfterAll
  static void stopServer() throws IOException {
    postgres.close();
  }

  @Test
  void rowsThatWouldBeHidden_areAnError() throws SQLException {
    DataSource builder = postgres.getDatabase("builder", "postgres");
    ReadModels models =
        new ReadModels(
            List.of(new ArticleModel()),
            (connection, changes, goOn) -> {
              try (Statement statement = connection.createStatement()) {
                statement.executeQuery("select slug from public.article");
              }
            },
            List.of());

    RowChange change = new RowChange(ArticleModel.TABLE, null, Map.of("slug", "two"));

    try (Source.Session session = new PostgresSource(builder, models, () -> {}).open()) {
      assertThatThrownBy(() -> session.affected(List.of(change), 10))
          .hasMessageContaining("row-level security policy");
    }
  }
}
