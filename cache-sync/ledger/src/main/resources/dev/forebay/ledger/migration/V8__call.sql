-- Calls to KV under way: one row for each, however many keys it carries, because rows that come and go with every document
-- cost more than the documents. What a call leaves unanswered becomes an intent for each key.
create table call (
  id uuid primary key,
  term bigint not null,
  deadline timestamptz not null,
  -- One element for each key, as in intent; key values as array literals.
  kv_keys text[] collate "C" not null,
  models text[] not null,
  key_values text[] not null,
  hashes text[] not null
);
-- Written once, hardly ever read: compressing it would be work for nothing.
alter table call
  alter column kv_keys set storage external,
  alter column models set storage external,
  alter column key_values set storage external,
  alter column hashes set storage external;

create view key_of_call as
select
  c.id as call, k.kv_key, k.model, k.key_values::text[] as key_values,
  case when k.hash is null then 'delete' else 'write' end as operation,
  k.hash, c.term, c.deadline
from call c
cross join lateral unnest(c.kv_keys, c.models, c.key_values, c.hashes) as k (kv_key, model, key_values, hash);

-- Makes the term a key column, so that taking a new one waits for everybody who has proven the old one FOR KEY SHARE, and
-- renewing it for nobody.
create unique index lease_term on lease (term);

-- Every key of which KV may hold what is not recorded as settled; one in a call may be here twice.
create view in_doubt as
select kv_key, model, key_values, operation, hash, deadline from intent
union all
select kv_key, model, key_values, operation, hash, deadline from key_of_call;
