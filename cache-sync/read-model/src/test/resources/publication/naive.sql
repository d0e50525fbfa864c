-- Documents of the models article, author, tag and edition, written by hand: model, key, document.
select 'article', array[a.slug], jsonb_build_object(
  'id', a.id::text,
  'slug', a.slug,
  'headline', a.title,
  'total', (a.price * a.quantity)::text,
  'published_at', a.published_at,
  'author', (select jsonb_build_object('name', w.name, 'mentor',
               (select jsonb_build_object('name', m.name) from public.author m where m.id = w.mentor_id))
             from public.author w where w.id = a.author_id),
  'editor', (select jsonb_build_object('name', w.name) from public.author w where w.id = a.editor_id),
  'tags', coalesce((select jsonb_agg(jsonb_build_object('name', t.name, 'slug', t.slug) order by t.name, t.id)
                    from public.tag t
                    where t.id in (select x.tag_id from public.article_tag x where x.article_id = a.id)), '[]'),
  'comments', coalesce((select jsonb_agg(r.doc order by r.place) from (
      select row_number() over (order by c.created_at desc, c.id) as place,
             jsonb_build_object('body', c.body, 'created_at', c.created_at, 'author',
               (select jsonb_build_object('name', w.name) from public.author w where w.id = c.author_id)) as doc
      from public.comment c where c.article_id = a.id and c.body <> 'spam') r where r.place <= 3), '[]'),
  'comment_count', (select count(*) from public.comment c where c.article_id = a.id),
  'credits', coalesce((select jsonb_agg(r.doc order by r.n) from (
      select row_number() over (order by x.place is null, x.place desc, w.name, w.id, x.id) as n,
             jsonb_build_object('name', w.name, 'role', x.role, 'no', x.place) as doc
      from public.credit x, public.author w
      where x.article_id = a.id and w.id = x.author_id and x.role <> 'ghost') r where r.n <= 3), '[]'),
  'editions', coalesce((select jsonb_agg(jsonb_build_object('lang', e.lang, 'title', e.title) order by e.article_slug, e.lang)
                        from public.edition e where e.article_slug = a.slug), '[]'))::text
from public.article a where a.status = 'published'
union all
select 'author', array[w.handle], jsonb_build_object(
  'handle', w.handle,
  'name', w.name,
  'mentor', (select jsonb_build_object('handle', m.handle) from public.author m where m.id = w.mentor_id),
  'pupils', coalesce((select jsonb_agg(jsonb_build_object('name', p.name) order by p.name desc, p.id)
                      from public.author p where p.mentor_id = w.id), '[]'),
  'articles', coalesce((select jsonb_agg(r.doc order by r.place) from (
      select row_number() over (order by a.published_at desc, a.title, a.id) as place,
             jsonb_build_object('slug', a.slug, 'title', a.title, 'tags',
               coalesce((select jsonb_agg(jsonb_build_object('slug', t.slug) order by t.id)
                         from public.tag t
                         where exists (select from public.article_tag x where x.tag_id = t.id and x.article_id = a.id)), '[]')) as doc
      from public.article a where a.author_id = w.id and a.status = 'published') r where r.place <= 2), '[]'),
  'worth', (select sum(a.price * a.quantity)::text from public.article a where a.author_id = w.id),
  'first', (select min(a.published_at) from public.article a where a.author_id = w.id and a.status = 'published'),
  'cheapest', (select b.price::text from public.credit x, public.article b
               where x.author_id = w.id and b.id = x.article_id order by b.price, b.id desc limit 1),
  'mean', (select sum(a.price::float8 / 3 order by a.id) / count(*) from public.article a where a.author_id = w.id),
  'is_credited', 0 < (select count(*) from public.credit x where x.author_id = w.id and x.role <> 'ghost'))::text
from public.author w
union all
select 'tag', array[t.slug], jsonb_build_object(
  'name', t.name,
  'article_count', (select count(*) from public.article_tag x where x.tag_id = t.id),
  'most', (select max(a.quantity) from public.article a where a.status = 'published'
           and a.id in (select x.article_id from public.article_tag x where x.tag_id = t.id)),
  'articles', coalesce((select jsonb_agg(r.doc order by r.place) from (
      select row_number() over (order by a.published_at desc, a.id) as place,
             jsonb_build_object('slug', a.slug, 'title', a.title) as doc
      from public.article_tag x, public.article a
      where x.tag_id = t.id and a.id = x.article_id and a.status = 'published') r where r.place <= 3), '[]'))::text
from public.tag t
union all
select 'edition', array[e.article_slug, e.lang], jsonb_build_object(
  'title', e.title,
  'chapters', coalesce((select jsonb_agg(jsonb_build_object('number', c.number, 'heading', c.heading) order by c.number desc)
                        from public.chapter c where c.article_slug = e.article_slug and c.lang = e.lang), '[]'),
  'article', (select jsonb_build_object('title', a.title, 'status', a.status) from public.article a where a.slug = e.article_slug))::text
from public.edition e
union all
select 'front_page', '{}', jsonb_build_object(
  'latest', coalesce((select jsonb_agg(r.doc order by r.place) from (
      select row_number() over (order by a.published_at desc, a.id) as place, jsonb_build_object('slug', a.slug) as doc
      from public.article a where a.status = 'published') r where r.place <= 3), '[]'),
  'author_count', (select count(*) from public.author))::text
union all
select 'commenter', array[w.handle], jsonb_build_object(
  'comments', (select count(*) from public.comment c where c.author_id = w.id),
  'on', coalesce((select jsonb_agg(a.slug order by a.slug) from public.article a
                  where exists (select from public.comment c where c.article_id = a.id and c.author_id = w.id)), '[]'))::text
from public.author w
union all
select 'label', array[t.slug, 'tag'], jsonb_build_object(
  'name', t.name, 'of', (select count(*) from public.edition))::text
from public.tag t
union all
select 'label', array[a.slug, 'article'], jsonb_build_object('title', a.title)::text
from public.article a where a.status = 'published'
union all
select 'totals', array[]::text[], jsonb_build_object(
  'editions', (select count(*) from public.edition),
  'last', (select e.title from public.edition e order by e.title desc limit 1))::text
