-- Replies to writes that carried an Idempotency-Key, in the transaction of the write; kept for a day.
create table idempotency (
  principal text not null,
  key text not null,
  -- SHA-256 of what was asked, in hexadecimal digits.
  fingerprint text not null,
  status int not null,
  headers jsonb not null,
  body text,
  created_at timestamptz not null default now(),
  primary key (principal, key)
);
create index idempotency_created_at on idempotency (created_at);

-- Who changed what, in the transaction of the change.
create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  principal text not null,
  request_id text not null,
  -- Of the request (W3C Trace Context), or null.
  traceparent text,
  -- Of the writing transaction, all 64 bits; a number, because Debezium warns of columns and defaults that it cannot read.
  xid bigint not null,
  -- [{"op": "create", "resource": "article", "key": ["17"]}, …], in the order of the operations.
  operations jsonb not null
);
-- Rows come in the order of time, so a few summaries find those that are old enough to go.
create index audit_at on audit using brin (at);
create index audit_xid on audit (xid);
