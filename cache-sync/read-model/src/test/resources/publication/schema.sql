-- A publication with everything a tree can hold: to-one, to-many, through, self join, composite keys.
create table author (
  id int primary key,
  handle text not null unique,
  name text not null,
  mentor_id int references author (id) deferrable initially deferred
);
alter table author replica identity full;

create table article (
  id bigint primary key,
  slug text not null,
  title text not null,
  status text not null,
  price numeric not null default 1,
  quantity int not null default 1,
  published_at timestamptz,
  author_id int references author (id),
  editor_id int references author (id)
);
alter table article add constraint article_slug unique (slug) deferrable initially deferred;
alter table article replica identity full;

create table tag (id int primary key, slug text not null unique, name text not null);
create unique index tag_identity on tag (id, slug);
alter table tag replica identity using index tag_identity;

create table article_tag (
  article_id bigint references article (id) on update cascade on delete cascade,
  tag_id int references tag (id) on delete cascade,
  primary key (article_id, tag_id)
);

-- An author may be named twice for one article.
create table credit (
  id int primary key,
  article_id bigint references article (id) on update cascade on delete cascade,
  author_id int references author (id) on delete cascade,
  role text not null,
  place int
);
alter table credit replica identity full;

create table comment (
  id int primary key,
  article_id bigint references article (id) on update cascade on delete cascade,
  author_id int references author (id),
  body text not null,
  created_at timestamptz not null
);
alter table comment replica identity full;

-- One row per article and language, linked by a composite key to its chapters.
create table edition (
  article_slug text not null,
  lang text not null,
  title text not null,
  primary key (article_slug, lang)
);
create table chapter (
  article_slug text not null,
  lang text not null,
  number int not null,
  heading text,
  primary key (article_slug, lang, number),
  foreign key (article_slug, lang) references edition on update cascade on delete cascade
);
