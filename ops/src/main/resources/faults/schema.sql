-- A shop whose every committed state satisfies rules that one document can be tested against: a purchase's total is the
-- sum of its items, a customer has spent the sum of his purchases, a product has as many tags as it says, and all rows
-- of a purchase carry the number of the transaction that wrote them last. A document that breaks one was never committed.
create table customer (
  id     integer primary key,
  code   text not null unique,
  name   text not null,
  note   text not null default '',
  spent  integer not null default 0,
  orders integer not null default 0
);
create table product (
  id    integer primary key,
  sku   text not null unique,
  title text not null,
  blurb text,
  tags  integer not null default 0
);
create table purchase (
  id          integer primary key,
  customer_id integer not null references customer on update cascade on delete cascade,
  ref         text not null unique,
  total       integer not null default 0,
  items       integer not null default 0,
  tx          bigint not null default 0
);
create table item (
  id          integer primary key,
  purchase_id integer not null references purchase on update cascade on delete cascade,
  product_id  integer references product on update cascade on delete set null,
  amount      integer not null,
  tx          bigint not null default 0
);
create table tag (
  id   integer primary key,
  name text not null unique
);
create table product_tag (
  product_id integer references product on update cascade on delete cascade,
  tag_id     integer references tag on update cascade on delete cascade,
  primary key (product_id, tag_id)
);
create table remark (
  id         bigint generated always as identity primary key,
  product_id integer not null references product on update cascade on delete cascade,
  body       text not null
);
create table employee (
  id      integer primary key,
  name    text not null,
  boss_id integer references employee on update cascade on delete set null
);
create table canary (
  id integer primary key,
  n  bigint not null
);
create table unrelated (
  id   bigint generated always as identity primary key,
  junk text
);

create index on purchase (customer_id);
create index on item (purchase_id);
create index on item (product_id);
create index on product_tag (tag_id);
create index on remark (product_id);
create index on employee (boss_id);

create unique index customer_identity on customer (id, code);
alter table customer replica identity using index customer_identity;
create unique index product_identity on product (id, sku);
alter table product replica identity using index product_identity;
create unique index purchase_identity on purchase (id, ref, customer_id);
alter table purchase replica identity using index purchase_identity;
create unique index tag_identity on tag (id, name);
alter table tag replica identity using index tag_identity;
create unique index remark_identity on remark (id, product_id);
alter table remark replica identity using index remark_identity;
alter table item replica identity full;
alter table employee replica identity full;

create sequence numbers start 1000;

insert into customer (id, code, name)
  select i, 'c' || i, 'Customer ' || i from generate_series(1, 40) i;
insert into product (id, sku, title, blurb)
  select i, 'p' || i, 'Product ' || i, repeat(md5(i::text), i % 3 * 100) from generate_series(1, 30) i;
insert into tag select i, 't' || i from generate_series(1, 8) i;
insert into employee select i, 'Employee ' || i, nullif(i / 3, 0) from generate_series(1, 15) i;
insert into canary select i, 0 from generate_series(1, 20) i;
insert into purchase (id, customer_id, ref) select i, 1 + i % 40, 'r' || i from generate_series(1, 80) i;
insert into item (id, purchase_id, product_id, amount)
  select i, 1 + i % 80, 1 + i % 30, i % 50 from generate_series(1, 200) i;
insert into product_tag select i, 1 + i % 8 from generate_series(1, 30) i;
update product set tags = 1;
update purchase p set (total, items) = (select sum(amount), count(*) from item where purchase_id = p.id);
update customer c set (spent, orders) = (select sum(total), count(*) from purchase where customer_id = c.id);
