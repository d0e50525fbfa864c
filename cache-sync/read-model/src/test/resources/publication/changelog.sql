-- Stands in for the log: every changed row with both whole images, values as text. The test narrows
-- them to what the real log would carry.
create table change_log (
  seq bigint generated always as identity primary key,
  table_name text not null,
  before jsonb,
  after jsonb
);
create function as_texts(image jsonb) returns jsonb language sql as
  'select jsonb_object_agg(key, value) from jsonb_each_text(image)';
create function log_change() returns trigger language plpgsql as $$
begin
  insert into change_log (table_name, before, after) values (
    tg_table_name,
    case when tg_op <> 'INSERT' then as_texts(to_jsonb(old)) end,
    case when tg_op <> 'DELETE' then as_texts(to_jsonb(new)) end);
  return null;
end $$;
create trigger log after insert or update or delete on author for each row execute function log_change();
create trigger log after insert or update or delete on article for each row execute function log_change();
create trigger log after insert or update or delete on tag for each row execute function log_change();
create trigger log after insert or update or delete on article_tag for each row execute function log_change();
create trigger log after insert or update or delete on credit for each row execute function log_change();
create trigger log after insert or update or delete on comment for each row execute function log_change();
create trigger log after insert or update or delete on edition for each row execute function log_change();
create trigger log after insert or update or delete on chapter for each row execute function log_change();
