-- Names as in Chinook, so that the same changes fit both. More kinds of values, foreign keys that cascade, and a
-- nullable key.
create table genre (
  genre_id integer primary key,
  name     text
);
create table artist (
  artist_id integer primary key,
  name      text unique,
  aliases   text[] not null default '{}',
  formed    date
);
create table album (
  album_id  integer primary key,
  title     text not null,
  artist_id integer not null references artist on update cascade on delete cascade,
  released  timestamp
);
create table track (
  track_id     integer primary key,
  name         text not null,
  album_id     integer references album on update cascade on delete cascade,
  genre_id     integer references genre on update cascade on delete set null,
  composer     text,
  milliseconds integer not null,
  bytes        bigint,
  unit_price   numeric(10, 2) not null,
  explicit     boolean not null default false,
  added        timestamptz not null,
  extra        jsonb
);
create table playlist (
  playlist_id integer primary key,
  name        text
);
create table playlist_track (
  playlist_id integer references playlist on update cascade on delete cascade,
  track_id    integer references track on update cascade on delete cascade,
  primary key (playlist_id, track_id)
);
create unique index album_identity on album (album_id, artist_id);
create index on album (artist_id);
create index on track (album_id);
create index on track (genre_id);
create index on playlist_track (track_id);

-- An index for a replica identity needs NOT NULL columns; a track may be without an album, an artist without a name.
alter table album replica identity using index album_identity;
alter table track replica identity full;
alter table artist replica identity full;
