-- Comments of the example. Articles and authors are found by slug; run after the articles are there.
insert into comment (article_id, author_id, body, created_at)
select article.id, author.id, said.body, said.at::timestamptz
from (values
  ('the-one-idea', 'forebay-ops', '2026-11-19T10:30:00Z',
   'Seen from operations: “mark it dirty” is also the answer to most incidents. If a document looks wrong, nobody has to reason about which event was lost.'),
  ('the-one-idea', 'forebay-edge', '2026-11-19T15:05:00Z',
   'And seen from the edge: since equal data gives equal bytes, the content hash can be the ETag. A rebuild that alters nothing is invisible to browsers.'),
  ('run-it-yourself', 'forebay-core', '2026-11-18T11:20:00Z',
   'A good third experiment: set an article’s status to draft and reload its page. The key is gone, and with it the entries on the front page and under its tags.'),
  ('read-models', 'forebay-ops', '2026-11-17T12:00:00Z',
   'On REPLICA IDENTITY FULL: it writes the whole old row into the log at each update. For a table with long texts that is most of the traffic. An index over the links and keys is worth the few minutes.'),
  ('what-lag-means', 'forebay-core', '2026-11-14T09:45:00Z',
   'The heartbeat needs no table: PostgreSQL can put a message straight into the log.'),
  ('what-lag-means', 'forebay-edge', '2026-11-14T16:10:00Z',
   'Please do not alert on Forebay-Age. It is the age of the newest change in a document, and quiet documents are old.'),
  ('how-stale-may-a-page-be', 'forebay-ops', '2026-11-15T10:00:00Z',
   'When you test by hand: do not read a key right before you create it. The location remembers that it was missing.'),
  ('production-on-cloudflare', 'forebay-core', '2026-11-10T13:30:00Z',
   'Count the documents in which a row appears before you include it. A name that changes once a year may be in all of them; a counter that changes every second should be in one.')
) as said (article, author, at, body)
join article on article.slug = said.article
join author on author.slug = said.author
order by said.at;
