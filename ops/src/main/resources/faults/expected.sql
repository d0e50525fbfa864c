-- What every document must be, written without the product's help: KV key, document.
select 'customer:' || c.code, json_build_object(
    'id', c.id, 'code', c.code, 'name', c.name, 'spent', c.spent, 'orders', c.orders, 'note', md5(c.note),
    'purchases', (
      select coalesce(json_agg(r.doc order by r.n), '[]') from (
        select row_number() over (order by p.id desc) as n, json_build_object(
            'ref', p.ref, 'total', p.total, 'items', p.items, 'tx', p.tx::text,
            'lines', (
              select coalesce(json_agg(json_build_object('amount', i.amount, 'tx', i.tx::text) order by i.id), '[]')
              from item i where i.purchase_id = p.id)) as doc
        from purchase p where p.customer_id = c.id) r
      where r.n <= 5),
    'purchase_sum', (select sum(p.total)::text from purchase p where p.customer_id = c.id),
    'purchase_count', (select count(*) from purchase p where p.customer_id = c.id))::text
from customer c

union all

select 'purchase:' || p.ref, json_build_object(
    'id', p.id, 'ref', p.ref, 'total', p.total, 'items', p.items, 'tx', p.tx::text,
    'customer', (select json_build_object('code', c.code, 'name', c.name) from customer c where c.id = p.customer_id),
    'lines', (
      select coalesce(json_agg(json_build_object('amount', i.amount, 'tx', i.tx::text,
          'product', (select json_build_object('sku', q.sku) from product q where q.id = i.product_id))
        order by i.id), '[]')
      from item i where i.purchase_id = p.id),
    'line_sum', (select sum(i.amount)::text from item i where i.purchase_id = p.id))::text
from purchase p

union all

select 'product:' || q.sku, json_build_object(
    'title', q.title, 'tags', q.tags, 'blurb', md5(q.blurb),
    'labels', (
      select coalesce(json_agg(json_build_object('name', t.name) order by t.name, t.id), '[]')
      from tag t where t.id in (select x.tag_id from product_tag x where x.product_id = q.id)),
    'remarks', (
      select coalesce(json_agg(json_build_object('body', r.body) order by r.id desc), '[]') from (
        select * from remark where product_id = q.id order by id desc limit 3) r),
    'sold', (select sum(i.amount)::text from item i where i.product_id = q.id))::text
from product q

union all

select 'tag:' || t.name, json_build_object(
    'id', t.id,
    'products', (
      select coalesce(json_agg(json_build_object('sku', q.sku, 'title', q.title) order by q.sku), '[]') from (
        select * from product where id in (select x.product_id from product_tag x where x.tag_id = t.id)
        order by sku limit 10) q))::text
from tag t

union all

select 'employee:' || e.id, json_build_object(
    'name', e.name,
    'boss', (
      select json_build_object('name', b.name,
        'boss', (select json_build_object('name', g.name) from employee g where g.id = b.boss_id))
      from employee b where b.id = e.boss_id),
    'reports', (
      select coalesce(json_agg(json_build_object('id', r.id, 'name', r.name) order by r.name, r.id), '[]')
      from employee r where r.boss_id = e.id))::text
from employee e

union all

select 'totals:', json_build_object(
    'best', (
      select coalesce(json_agg(json_build_object('code', c.code, 'spent', c.spent) order by c.spent desc, c.id), '[]')
      from (select * from customer order by spent desc, id limit 3) c),
    'customers', (select count(*) from customer))::text

union all

select 'canary:' || c.id, json_build_object('n', c.n::text)::text from canary c
