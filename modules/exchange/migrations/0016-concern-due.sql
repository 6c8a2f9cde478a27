-- On a gateway: reads that must appear on the pages of people, kept at the house. Written before the answer leaves, gone once the
-- house has them.
create table concern_due (
  exchange uuid primary key,
  at       timestamptz not null,
  named    jsonb not null
);
create index on concern_due (at);
