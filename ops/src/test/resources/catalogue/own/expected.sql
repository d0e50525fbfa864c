-- What every document must be, written without the product's help: model, values of the key, document.
select 'artist', array[ar.name], json_build_object(
    'artist_id', ar.artist_id, 'name', ar.name, 'aliases', ar.aliases, 'formed', ar.formed,
    'albums', (
      select coalesce(json_agg(json_build_object(
          'album_id', al.album_id, 'title', al.title, 'released', al.released,
          'tracks', (
            select coalesce(json_agg(json_build_object(
                'track_id', t.track_id, 'name', t.name, 'composer', t.composer, 'bytes', t.bytes::text,
                'unit_price', t.unit_price::text, 'explicit', t.explicit, 'added', t.added, 'extra', t.extra,
                'genre', (select json_build_object('name', g.name) from genre g where g.genre_id = t.genre_id))
              order by t.name, t.track_id), '[]')
            from track t where t.album_id = al.album_id))
        order by al.released desc, al.album_id), '[]')
      from album al where al.artist_id = ar.artist_id))::text
from artist ar
where ar.name is not null

union all

select 'album', array[al.artist_id::text, al.album_id::text], json_build_object(
    'title', al.title,
    'artist', (select json_build_object('name', ar.name) from artist ar where ar.artist_id = al.artist_id),
    'tracks', (
      select coalesce(json_agg(json_build_object('name', t.name, 'milliseconds', t.milliseconds) order by t.track_id), '[]')
      from track t where t.album_id = al.album_id),
    'track_count', (select count(*) from track t where t.album_id = al.album_id))::text
from album al

union all

select 'playlist', array[p.playlist_id::text], json_build_object(
    'name', p.name,
    'tracks', (
      select coalesce(json_agg(json_build_object(
          'track_id', t.track_id, 'name', t.name,
          'album', (
            select json_build_object('title', al.title, 'artist', (
              select json_build_object('name', ar.name) from artist ar where ar.artist_id = al.artist_id))
            from album al where al.album_id = t.album_id))
        order by t.name desc, t.track_id), '[]')
      from (
        select * from track
        where milliseconds < 300000
          and track_id in (select track_id from playlist_track where playlist_id = p.playlist_id)
        order by name desc, track_id
        limit 10) t))::text
from playlist p
where p.name is not null
