package dev.forebay.model.compile;

import dev.forebay.model.ReadModels;

/** Tables of a million rows and a model over them, as the tests of plans and speed need them. */
final class MillionRows {

  static final int ARTICLES = 1_000_000;
  static final int AUTHORS = 50_000;

  private static final String SCHEMA =
      """
      create table author (id int not null, name text not null);
      create table article (id bigint not null, slug varchar(40) not null, author_id int not null);
      create table comment (id int not null, article_id bigint not null, body text);
      insert into author select i, 'name ' || i from generate_series(1, 50000) i;
      insert into article select i, 'slug-' || i, 1 + i % 50000 from generate_series(1, 1000000) i;
      insert into comment select i, 1 + i % 1000000, 'body' from generate_series(1, 1000000) i;
      alter table author add primary key (id);
      alter table article add primary key (id), add unique (slug),
        add foreign key (author_id) references author;
      create index on article (author_id);
      create unique index article_identity on article (id, slug, author_id);
      alter table article replica identity using index article_identity;
      alter table comment add primary key (id), add foreign key (article_id) references article;
      create index on comment (article_id);
      create unique index comment_identity on comment (id, article_id);
      alter table comment replica identity using index comment_identity;
      """;

  private static final String MODELS =
      """
      models:
        article:
          from: article
          key: "{slug}"
          fields: [id, slug]
          include:
            author: { from: author, fields: [name] }
            comments: { from: comment, order: -id, limit: 5, fields: [body] }
      """;

  private MillionRows() {}

  static TestDatabase start() throws Exception {
    TestDatabase database = TestDatabase.start();
    database.execute(SCHEMA);
    database.execute("vacuum analyze");
    return database;
  }

  static ReadModels compile(TestDatabase database) throws Exception {
    return database.compile(MODELS);
  }
}
