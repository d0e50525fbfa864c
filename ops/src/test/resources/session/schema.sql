-- Rows whose every version has a number of its own, which stands in each document that shows the row. So what a document
-- shows says by itself how old it is, whatever snapshot it claims.
create sequence version as integer;

create table author (
  id integer generated always as identity primary key, slug text not null unique, name text not null, v integer not null
);
create table tag (
  id integer generated always as identity primary key, slug text not null unique, name text not null, v integer not null
);
create table article (
  id integer generated always as identity primary key, slug text not null unique, title text not null,
  published boolean not null, author_id integer not null references author, v integer not null
);
create index on article (author_id);
create table article_tag (
  article_id integer not null references article on delete cascade, tag_id integer not null references tag, v integer not null,
  primary key (article_id, tag_id)
);
create index on article_tag (tag_id);

-- What became of each row, in the order in which it did: the number is taken while the row is locked.
create table happening (
  n integer primary key, xid text not null default pg_current_xact_id()::text, row_name text not null, alive boolean not null,
  content jsonb not null, at timestamptz not null default clock_timestamp()
);

create function number_version() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new is distinct from old then
    new.v := nextval('version');
  end if;
  return new;
end $$;

create function note_version() returns trigger language plpgsql as $$
declare
  content jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  -- A link is never changed: each that is made is one of its own.
  row_name text := case tg_table_name when 'article_tag' then 'link ' || (content ->> 'v')
    else tg_table_name || ' ' || (content ->> 'id') end;
begin
  if tg_op = 'DELETE' then
    insert into happening values (nextval('version'), default, row_name, false, content);
  elsif tg_op = 'INSERT' or new.v <> old.v then
    insert into happening values (new.v, default, row_name, true, content);
  end if;
  return null;
end $$;

do $$
declare
  t text;
begin
  foreach t in array array['author', 'tag', 'article', 'article_tag'] loop
    execute format('alter table %I replica identity full', t);
    execute format(
      'create trigger number_version before insert or update on %I for each row execute function number_version()', t);
    execute format(
      'create trigger note_version after insert or update or delete on %I for each row execute function note_version()', t);
  end loop;
end $$;
