-- The outbox: written in the sender's transaction, carried by a job, moved by receipts.
create table message (
  id          uuid primary key,
  channel     text not null check (channel in ('sms', 'email')),
  -- erased with the body: a settled message needs neither
  address     text,
  subject     text,
  body        text,
  lang        text not null,
  encoding    text not null,
  parts       integer not null,
  -- holds a code: its body goes as soon as the message has ended
  secret      boolean not null,
  person      text,
  institution text,
  state       text not null check (state in ('created', 'sending', 'temporary-failure', 'technical-failure', 'permanent-failure', 'delivered')),
  attempts    integer not null default 0,
  provider    text,
  provider_id text,
  why         text,
  created_at  timestamptz not null,
  tried_at    timestamptz,
  handed_at   timestamptz,
  settled_at  timestamptz,
  expires_at  timestamptz not null,
  erased_at   timestamptz
);
create unique index on message (provider, provider_id);
create index on message (expires_at) where state in ('created', 'sending');
create index on message (created_at) where erased_at is null;
create index on message (expires_at) where secret and body is not null;
create index on message (institution, created_at desc);

alter table message enable row level security;
create policy seen on message for select using (kernel.unscoped() or institution = kernel.institution() or person = kernel.person());
-- Anyone's transaction may cause a message (a stranger asks for a code); nobody but the carrier's job changes one.
create policy written on message for insert with check (true);
create policy moved on message for update using (kernel.unscoped());
create policy removed on message for delete using (kernel.unscoped());

-- Receipts as the carrier gave them: a receipt may come before we have noted the carrier's id.
create table receipt (
  provider    text not null,
  provider_id text not null,
  status      text not null check (status in ('delivered', 'temporary-failure', 'permanent-failure')),
  at          timestamptz not null,
  received_at timestamptz not null,
  primary key (provider, provider_id, status)
);
create index on receipt (received_at);

-- Counts only, over all institutions: what an operator needs, without a line of anybody's message.
create function statistics(since timestamptz)
  returns table (channel text, driver text, queued integer, sending integer, delivered integer, failed integer, parts integer,
                 median_seconds double precision, within_ten integer, handed integer)
  language sql stable security definer set search_path = messages, pg_temp
  as $$
    select m.channel, coalesce(m.provider, ''),
           (count(*) filter (where m.state = 'created'))::int,
           (count(*) filter (where m.state = 'sending'))::int,
           (count(*) filter (where m.state = 'delivered'))::int,
           (count(*) filter (where m.state like '%-failure'))::int,
           sum(m.parts)::int,
           percentile_cont(0.5) within group (order by extract(epoch from m.settled_at - m.created_at)) filter (where m.state = 'delivered'),
           (count(*) filter (where m.handed_at <= m.created_at + interval '10 seconds'))::int,
           (count(*) filter (where m.handed_at is not null))::int
    from messages.message m where m.created_at >= since group by 1, 2
  $$;
create function failures(since timestamptz)
  returns table (at timestamptz, channel text, driver text, state text, why text)
  language sql stable security definer set search_path = messages, pg_temp
  as $$
    select m.settled_at, m.channel, coalesce(m.provider, ''), m.state, m.why from messages.message m
    where m.created_at >= since and m.state like '%-failure' order by m.settled_at desc limit 20
  $$;
revoke all on function statistics(timestamptz), failures(timestamptz) from public;
grant execute on function statistics(timestamptz), failures(timestamptz) to toguna_run;
