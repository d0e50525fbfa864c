create unique index album_identity on album (album_id, artist_id);
alter table album replica identity using index album_identity;
-- A track may be without an album: no index over NOT NULL columns can stand for it.
alter table track replica identity full;
