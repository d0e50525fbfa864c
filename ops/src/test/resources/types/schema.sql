-- Two rows for each table: one with every value, one with NULL wherever the table allows it.
create type mood as enum ('happy', 'it''s "so" so', 'sad');
create domain percent as int check (value between 0 and 100);
create table shop (id int primary key, name text not null);
create table "All Types" (
  id int primary key,
  shop_id int not null references shop,
  maybe_shop_id int references shop,
  a_bool boolean, a_small smallint, a_big bigint, a_numeric numeric(9, 2), a_real real,
  a_double double precision, a_text text, a_varchar varchar(9), a_char char(3), a_citext text,
  a_uuid uuid, a_date date, a_time time, a_timetz timetz, a_timestamp timestamp,
  a_timestamptz timestamptz, an_interval interval, a_bytea bytea, a_json json, a_jsonb jsonb,
  an_inet inet, a_cidr cidr, a_mac macaddr, a_range int4range, a_bit bit(3), a_money money,
  a_mood mood, a_percent percent, a_row shop,
  ints int[], bigs bigint[], texts text[], moods mood[], jsons jsonb[], grid int[],
  stored int generated always as (a_small * 2) stored,
  sure_bool boolean not null, sure_big bigint not null, sure_mood mood not null,
  sure_jsonb jsonb not null, sure_floats double precision[] not null,
  "quo""te */ \ 🦆" text
);
create index on "All Types" (shop_id);
alter table "All Types" replica identity full;
alter table shop replica identity full;
insert into shop values (1, 'One');
insert into "All Types" values
  (1, 1, 1, true, 1, 9007199254740993, 1.50, 'NaN', '-Infinity', 't', 'v', 'c', 'ci',
   '00000000-0000-0000-0000-000000000001', '2026-01-02', '03:04', '03:04+02', '2026-01-02 03:04',
   '2026-01-02 03:04Z', '1 day', '\x00ff', '{"a": [1, null]}', 'null', '10.0.0.1', '10.0.0.0/8',
   '00:00:00:00:00:01', '[1,5)', B'101', 5, 'it''s "so" so', 7, row(3, 'x'),
   '{1,null}', '{9007199254740993}', '{a,null}', '{sad,null}', array['1'::jsonb, null],
   '{{1,2},{3,4}}', default, true, 1, 'happy', '1', '{1,NaN}', 'x'),
  (2, 1, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
   null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
   null, null, null, null, null, default, false, 2, 'sad', '[]', '{}', null);
