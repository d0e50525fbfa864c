-- What every document must be, written without the product's help: model, values of the key, document.
select 'artist', array[ar.artist_id::text], json_build_object(
    'name', ar.name,
    'albums', (
      select coalesce(json_agg(json_build_object(
          'album_id', al.album_id, 'title', al.title,
          'tracks', (
            select coalesce(json_agg(json_build_object(
                'track_id', t.track_id, 'name', t.name, 'composer', t.composer, 'bytes', t.bytes,
                'unit_price', t.unit_price::text,
                'genre', (select json_build_object('name', g.name) from genre g where g.genre_id = t.genre_id))
              order by t.name, t.track_id), '[]')
            from track t where t.album_id = al.album_id))
        order by al.title, al.album_id), '[]')
      from album al where al.artist_id = ar.artist_id))::text
from artist ar

union all

select 'album', array[al.album_id::text], json_build_object(
    'title', al.title,
    'artist', (
      select json_build_object('artist_id', ar.artist_id, 'name', ar.name)
      from artist ar where ar.artist_id = al.artist_id),
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
          'album', (select json_build_object('title', al.title) from album al where al.album_id = t.album_id))
        order by t.name, t.track_id), '[]')
      from playlist_track pt join track t on t.track_id = pt.track_id
      where pt.playlist_id = p.playlist_id))::text
from playlist p
