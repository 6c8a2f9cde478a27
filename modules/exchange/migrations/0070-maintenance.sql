-- A server says that it is away: since when, until when, why. At the centre for the directory; on a gateway for itself, and what
-- the directory says of the others. The end may come earlier, by hand.
create table maintenance (
  server   text primary key,
  since    timestamptz not null,
  until    timestamptz not null check (until > since),
  notice   text,
  ended_at timestamptz,
  -- on a gateway, of itself: the first version of the directory that says the same; null while the centre has not heard
  told     bigint
);
create index on maintenance (until) where ended_at is null;
create trigger changed after insert or update or delete or truncate on maintenance for each statement execute function changed();
