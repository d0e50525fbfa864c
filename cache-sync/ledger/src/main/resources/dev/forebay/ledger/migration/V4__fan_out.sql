-- Changed rows that touch more documents than can be marked at once. Each is spelled out once, into
-- the documents below; of a row only what leads to documents is kept.
create table fan_out (
  id bigint generated always as identity primary key,
  table_schema text not null,
  table_name text not null,
  before jsonb,
  after jsonb,
  requested_at timestamptz not null default clock_timestamp()
);

-- Documents that must be built again, each until it is settled in the state that was asked for:
-- whoever asks once more gives the row another number, so that an earlier answer does not remove it.
create sequence request;
create table requested_document (
  kv_key text collate "C" primary key,
  model text not null,
  key_values text[] not null,
  request bigint not null default nextval('request')
);
create unique index requested_document_in_order on requested_document (request);
