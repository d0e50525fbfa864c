-- One leader, hot standbys, and what a leader that lost its lease may still do to KV.

-- The database's clock says when the leader last renewed its lease; a lease that was given back, and
-- one that nobody ever took, may be taken at once.
alter table lease
  add column renewed_at timestamptz not null default 'epoch',
  add column released boolean not null default true;

-- Keys of which a worker without a lease had calls in flight. Until the deadline one may still land,
-- over whatever the leader has written; until the row is gone nothing is known of the key.
create table suspect (
  kv_key text collate "C" primary key,
  model text not null,
  key_values text[] not null,
  term bigint not null,
  deadline timestamptz not null
);

-- When an operator asked for another try; null once the leader has made it.
alter table dead_letter add column retry_at timestamptz;
create index dead_letter_retry on dead_letter (retry_at) where retry_at is not null;
