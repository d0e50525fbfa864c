-- What was written to KV, by day (UTC) and model: each pair and each deleted key is billed.
create table spend (
  day date not null,
  model text not null,
  writes bigint not null default 0,
  deletes bigint not null default 0,
  primary key (day, model)
);

-- Documents that wait until the day's writes suffice for them: requested, and held back.
alter table requested_document add column held boolean not null default false;
create index requested_document_held on requested_document (model, request) where held;

-- Documents that a model's resync may look at per second; null: as the worker's settings say.
alter table model add column rate integer check (rate > 0);

-- Every key begins with its model's name: the primary key finds a model's documents.
drop index document_of_model;
