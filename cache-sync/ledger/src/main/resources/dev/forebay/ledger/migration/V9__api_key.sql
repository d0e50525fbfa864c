-- The public part of a key, that may be shown. Null in rows of keys that had none, also where a process of an earlier version
-- still makes such ones: they are known by the beginning of their hash.
alter table api_key add column id text;
-- To the hour: a request writes nothing.
alter table api_key add column last_used_at timestamptz;
create unique index api_key_id on api_key (coalesce(id, left(hash, 12)));
create index api_key_name on api_key (name);
