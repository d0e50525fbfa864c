-- The example publication: authors, articles, tags through a join table, comments. PostgreSQL 18.
--
-- Replica identity. When a row changes, Forebay needs from its *old* image the columns that lead from the row to a
-- document: the primary key, every link column and every column of a document's key. FULL would give them, and would
-- also copy the whole old body of an article into the write-ahead log at each edit. So each identity here is a unique
-- index over exactly those columns; they are NOT NULL, as PostgreSQL demands of such an index. The primary key alone
-- is enough for article_tag, which is nothing but links.

create table author (
  id   integer generated always as identity primary key,
  slug text not null unique check (slug <> ''),
  name text not null check (name <> '')
);
create unique index author_identity on author (id, slug);
alter table author replica identity using index author_identity;

create table article (
  id           integer generated always as identity primary key,
  slug         text        not null unique check (slug <> ''),
  title        text        not null check (title <> ''),
  summary      text        not null default '',
  body         text        not null default '', -- Markdown
  status       text        not null default 'draft' check (status in ('draft', 'published')),
  author_id    integer     not null references author,
  published_at timestamptz,
  updated_at   timestamptz not null default now(),
  check (status = 'draft' or published_at is not null)
);
create unique index article_identity on article (id, slug, author_id);
alter table article replica identity using index article_identity;
-- A changed author is followed to its articles, and its own document lists them newest first.
create index article_by_author on article (author_id, published_at desc);
-- The front page.
create index article_latest on article (published_at desc, id) where status = 'published';

create table tag (
  id   integer generated always as identity primary key,
  slug text not null unique check (slug <> ''),
  name text not null check (name <> '')
);
create unique index tag_identity on tag (id, slug);
alter table tag replica identity using index tag_identity;

create table article_tag (
  article_id integer not null references article on delete cascade,
  tag_id     integer not null references tag on delete cascade,
  primary key (article_id, tag_id)
);
create index article_tag_by_tag on article_tag (tag_id, article_id);

create table comment (
  id         integer generated always as identity primary key,
  article_id integer     not null references article on delete cascade,
  author_id  integer     not null references author,
  body       text        not null check (body <> ''),
  created_at timestamptz not null default now()
);
create unique index comment_identity on comment (id, article_id, author_id);
alter table comment replica identity using index comment_identity;
create index comment_by_article on comment (article_id, created_at desc);
create index comment_by_author on comment (author_id);

-- The first publication of an article dates it. An update that alters nothing leaves updated_at alone, so that the
-- document keeps its bytes and costs no KV write.
create function stamp_article() returns trigger language plpgsql as $$
begin
  if new.status = 'published' and new.published_at is null then
    new.published_at := now();
  end if;
  if tg_op = 'UPDATE' and new is distinct from old then
    new.updated_at := now();
  end if;
  return new;
end $$;
create trigger stamp_article before insert or update on article for each row execute function stamp_article();
