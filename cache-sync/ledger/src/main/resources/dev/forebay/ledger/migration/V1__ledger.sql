-- What Forebay remembers. Everything here describes KV, never the application's data: lose it, and
-- a resync of every model brings KV right again.

-- Which life of the database this is; a restored or adopted database gets a new one.
create table history (
  only_row boolean primary key default true check (only_row),
  id text not null default gen_random_uuid()::text,
  since timestamptz not null default clock_timestamp()
);
insert into history default values;

-- Who may write KV: the worker that took the highest term.
create table lease (
  only_row boolean primary key default true check (only_row),
  term bigint not null,
  holder text not null,
  since timestamptz not null default clock_timestamp(),
  -- Every change committed before this time is in KV.
  settled_through timestamptz
);
insert into lease (term, holder) values (0, 'nobody');

-- The documents that KV holds, as last settled.
create table document (
  kv_key text collate "C" primary key,
  model text not null,
  key_values text[] not null,
  hash text not null,
  bytes integer not null,
  snapshot text not null,
  settled_at timestamptz not null default clock_timestamp()
);
create index document_of_model on document (model, kv_key);

-- Calls to KV without a definite answer yet: until the deadline the value may still land.
create table intent (
  kv_key text collate "C" primary key,
  model text not null,
  key_values text[] not null,
  operation text not null check (operation in ('write', 'delete')),
  hash text,
  term bigint not null,
  deadline timestamptz not null,
  check ((operation = 'write') = (hash is not null))
);

-- Documents that cannot be published, with the reason; each may be tried again.
create table dead_letter (
  kv_key text collate "C" primary key,
  model text not null,
  key_values text[] not null,
  reason text not null,
  attempts integer not null default 1,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp()
);

-- Each model's documents as a set: the declaration they were last published under, and resyncs.
-- A resync is due while requested > completed.
create table model (
  name text primary key,
  fingerprint text not null,
  requested bigint not null default 1,
  completed bigint not null default 0,
  reason text not null,
  requested_at timestamptz not null default clock_timestamp()
);

-- Who may use the API; a key itself is never stored.
create table api_key (
  hash text primary key,
  name text not null,
  roles text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
