-- What the write touched, so that a repetition can wait for it too:
-- {"xid": "773", "documents": {"article": ["article:hello"]}, "models": []}. Null where nobody asked.
alter table idempotency add column touched jsonb;
