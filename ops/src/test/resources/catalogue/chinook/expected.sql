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

union all

select 'genre', array[g.genre_id::text], json_build_object(
    'name', g.name,
    'largest', (
      select coalesce(json_agg(r.doc order by r.n), '[]') from (
        select row_number() over (order by t.bytes is null, t.bytes desc, t.name, t.track_id) as n,
          json_build_object('name', t.name, 'bytes', t.bytes,
            'album', (select json_build_object('title', al.title) from album al where al.album_id = t.album_id)) as doc
        from track t where t.genre_id = g.genre_id) r
      where r.n <= 5),
    'track_count', (select count(*) from track t where t.genre_id = g.genre_id),
    'longest', (select t.milliseconds from track t where t.genre_id = g.genre_id order by t.milliseconds desc limit 1),
    'seconds', (select sum(t.milliseconds / 1000)::text from track t where t.genre_id = g.genre_id and t.milliseconds > 60000),
    'sold', (select sum(l.quantity)::text from invoice_line l
             where l.track_id in (select t.track_id from track t where t.genre_id = g.genre_id)),
    'is_listed', 0 < (select count(*) from playlist_track pt, track t
                      where t.track_id = pt.track_id and t.genre_id = g.genre_id and t.unit_price < 1))::text
from genre g

union all

select 'customer', array[c.customer_id::text], json_build_object(
    'email', c.email,
    'name', c.first_name || ' ' || c.last_name,
    'company', c.company,
    'rep', (
      select json_build_object('last_name', e.last_name,
        'boss', (select json_build_object('last_name', b.last_name) from employee b where b.employee_id = e.reports_to))
      from employee e where e.employee_id = c.support_rep_id),
    'invoices', (
      select coalesce(json_agg(r.doc order by r.n), '[]') from (
        select row_number() over (order by i.invoice_date desc, i.invoice_id) as n,
          json_build_object('invoice_id', i.invoice_id, 'invoice_date', i.invoice_date, 'total', i.total::text,
            'lines', (
              select coalesce(json_agg(json_build_object('quantity', l.quantity, 'price', (l.unit_price * l.quantity)::text,
                  'track', (
                    select json_build_object('name', t.name,
                      'album', (select json_build_object('title', al.title) from album al where al.album_id = t.album_id))
                    from track t where t.track_id = l.track_id))
                order by l.invoice_line_id), '[]')
              from invoice_line l where l.invoice_id = i.invoice_id)) as doc
        from invoice i where i.customer_id = c.customer_id) r
      where r.n <= 3),
    'spent', (select sum(i.total)::text from invoice i where i.customer_id = c.customer_id),
    'last_bought', (select max(i.invoice_date) from invoice i where i.customer_id = c.customer_id))::text
from customer c

union all

select 'employee', array[e.employee_id::text], json_build_object(
    'first_name', e.first_name, 'last_name', e.last_name, 'title', e.title,
    'boss', (select json_build_object('first_name', b.first_name) from employee b where b.employee_id = e.reports_to),
    'reports', (
      select coalesce(json_agg(json_build_object('employee_id', r.employee_id, 'last_name', r.last_name)
        order by r.last_name, r.employee_id), '[]')
      from employee r where r.reports_to = e.employee_id),
    'customers', (
      select coalesce(json_agg(r.doc order by r.n), '[]') from (
        select row_number() over (order by c.country is not null, c.country, c.last_name desc, c.customer_id) as n,
          json_build_object('customer_id', c.customer_id, 'country', c.country) as doc
        from customer c where c.support_rep_id = e.employee_id) r
      where r.n <= 4),
    'sales', (select sum(i.total)::text from invoice i, customer c
              where c.customer_id = i.customer_id and c.support_rep_id = e.employee_id),
    'is_selling', exists (select from invoice i where i.total > 5 and i.customer_id in (
                            select c.customer_id from customer c where c.support_rep_id = e.employee_id)))::text
from employee e where e.title is not null

union all

select 'invoice', array[i.billing_country, i.invoice_id::text], json_build_object(
    'invoice_date', i.invoice_date,
    'total', i.total::text,
    'customer', (select json_build_object('email', c.email) from customer c where c.customer_id = i.customer_id),
    'tracks', (
      select coalesce(json_agg(json_build_object('track_id', t.track_id, 'name', t.name,
          'quantity', l.quantity, 'paid', l.unit_price::text)
        order by l.unit_price, t.name desc, t.track_id, l.invoice_line_id), '[]')
      from invoice_line l, track t
      where l.invoice_id = i.invoice_id and l.quantity < 3 and t.track_id = l.track_id),
    'average', (select avg(l.unit_price * l.quantity)::text from invoice_line l where l.invoice_id = i.invoice_id))::text
from invoice i where i.total > 1 and i.billing_country is not null

union all

select 'front', array[]::text[], json_build_object(
    'longest', (
      select coalesce(json_agg(r.doc order by r.n), '[]') from (
        select row_number() over (order by t.milliseconds desc, t.track_id) as n,
          json_build_object('name', t.name, 'milliseconds', t.milliseconds,
            'genre', (select json_build_object('name', g.name) from genre g where g.genre_id = t.genre_id)) as doc
        from track t where t.milliseconds > 400000) r
      where r.n <= 5),
    'turnover', (select sum(i.total)::text from invoice i),
    'customer_count', (select count(*) from customer))::text

union all

select 'country', array[k.country], json_build_object(
    'total', (select sum(i.total)::text from invoice i where i.billing_country = k.country),
    'customers', (
      select coalesce(json_agg(e.email order by e.email), '[]') from (
        select distinct c.email from customer c where c.customer_id in (
          select i.customer_id from invoice i where i.billing_country = k.country)) e))::text
from (select distinct billing_country as country from invoice where billing_country is not null) k
