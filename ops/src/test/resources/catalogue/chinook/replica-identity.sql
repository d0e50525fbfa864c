create unique index album_identity on album (album_id, artist_id);
alter table album replica identity using index album_identity;
-- A track may be without an album: no index over NOT NULL columns can stand for it.
alter table track replica identity full;
create unique index invoice_line_identity on invoice_line (invoice_line_id, invoice_id, track_id);
alter table invoice_line replica identity using index invoice_line_identity;
-- A rep, a boss and a country may be missing.
alter table customer replica identity full;
alter table employee replica identity full;
alter table invoice replica identity full;
