-- How far a resync has come: every document up to this key is settled. Void once the model is due
-- for a later request.
create table resync_progress (
  model text primary key,
  request bigint not null,
  -- A document whose version sees all that this snapshot sees is newer than the request.
  since text not null,
  -- Which keys are paged through: those the model has, then those KV was given and nobody asked for.
  phase text not null check (phase in ('present', 'published')),
  -- The last settled key of the phase; null before the first page.
  kv_key text collate "C",
  key_values text[],
  settled bigint not null,
  total bigint not null,
  check ((kv_key is null) = (key_values is null))
);

-- Since when no worker knows a model that was published, because the file declares it no more; and
-- whether its documents are to be deleted from KV.
alter table model add column removed_at timestamptz;
alter table model add column sweep boolean not null default false;
