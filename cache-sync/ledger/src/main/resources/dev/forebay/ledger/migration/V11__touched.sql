-- What the write touched, as its client was told: {"documents": ["article:hello", …], "models": ["tag", …]}; keys with the
-- instance's prefix. Null where nobody asked: there was no secret for tokens.
alter table audit add column touched jsonb;
-- Requests are asked for by their id; a client may choose one twice.
create index audit_request_id on audit (request_id);
