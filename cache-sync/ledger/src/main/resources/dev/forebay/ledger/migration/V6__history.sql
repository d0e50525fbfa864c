-- How a database that is not what it was is told from the one that KV belongs to. The leader keeps a random nonce here and
-- in a control key of KV, changes it every few minutes, and compares both; beside it what the server said of itself then.
alter table history
  -- What the control key holds; null until it was written for the first time.
  add column nonce text,
  -- What it is about to hold: committed before the call that writes it, kept until that is answered.
  add column next_nonce text,
  -- What it held before, newest first: a call may land late, a read may be old.
  add column earlier_nonces text[] not null default '{}',
  add column rotated_at timestamptz,
  add column system_identifier text,
  add column timeline bigint,
  -- Tells a copied data directory from its original, where the role may know.
  add column place text,
  -- The KV namespace that the documents above are in.
  add column namespace text,
  -- What a person, or a setting, has agreed to adopt, as JSON; null once it is done.
  add column consent text,
  -- The id of the history that is being started; null if none is.
  add column adopting text,
  add column adopted_at timestamptz;
