-- The forebay.yaml that a worker declared last: what the documents of KV were made from, for people who want to know what
-- another file would change.
create table declaration (
  only_row boolean primary key default true check (only_row),
  text text not null,
  declared_at timestamptz not null default clock_timestamp()
);
