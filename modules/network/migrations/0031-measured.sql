-- The last number heard on any path of an agent, and the last sample that was kept: neither is taken twice.
alter table agent add column heard bigint not null default 0;
alter table agent add column serial bigint not null default 0;

-- What a site last said of its links and its power; written when it changes.
create table sight (
  node     text primary key,
  sequence bigint not null,
  -- [{name, up, carrier, since}]
  links    jsonb not null,
  power    jsonb not null,
  battery_since timestamptz
);
-- A span that was never up is not in service yet: nobody is told that it is down.
create table link_seen (
  span  text primary key,
  first timestamptz not null
);
-- Made-up faults of made-up sites, in a demonstration.
create table simulated_fault (
  element text primary key,
  kind    text not null check (kind in ('span', 'node', 'power', 'agent')),
  since   timestamptz not null
);
-- Neighbours and light, come and gone, as sites measured it.
create table routing_event (
  id      bigint generated always as identity primary key,
  node    text not null,
  -- interface name: the same at both ends of a span
  name    text not null,
  at      timestamptz not null,
  arrived timestamptz not null,
  what    text not null check (what in ('carrier', 'bfd', 'adjacency')),
  up      boolean not null,
  -- the site's clock could not be trusted: the time is that of arrival
  unsure  boolean not null
);
create index on routing_event (name, at);
create index on routing_event (node, at);
create index on routing_event (arrived);

-- What sites measured, a row a site and minute, in a ring of four days by arrival: a day is emptied as a whole.
create table raw (
  slot    smallint not null,
  id      bigint generated always as identity,
  node    text not null,
  at      timestamptz not null,
  arrived timestamptz not null,
  seconds integer not null,
  unsure  boolean not null,
  body    jsonb not null,
  primary key (slot, id)
) partition by list (slot);
create index on raw using brin (arrived);
create table series (
  id     integer generated always as identity primary key,
  node   text not null,
  kind   text not null check (kind in ('link', 'path')),
  -- a span, or the node at the other end of a way
  target text not null,
  simulated boolean not null default false,
  unique (node, kind, target)
);
-- Sums over five minutes (a ring of 16 days), an hour (a ring of five months), a day (kept). Late samples are added where they belong.
create table minutes5 (
  slot smallint not null, series integer not null, at timestamptz not null,
  seconds integer not null, sent integer not null, lost integer not null, unsure integer not null,
  delay_min real, delay_max real, delay_sum double precision not null,
  -- counts by bucket of delay: index, count, each as a variable-length integer
  delays bytea not null,
  rx_bytes double precision not null, tx_bytes double precision not null, rx_peak real not null, tx_peak real not null,
  dropped double precision not null, down_seconds integer not null,
  primary key (slot, series, at)
) partition by list (slot);
create table hours (like minutes5, primary key (slot, series, at)) partition by list (slot);
create table days (like minutes5, primary key (series, at));
alter table days drop column slot;
do $$
declare
  t record;
begin
  for t in select * from (values ('raw', 4), ('minutes5', 16), ('hours', 5)) as x (name, count) loop
    for i in 0 .. t.count - 1 loop
      execute format('create table network.%I partition of network.%I for values in (%s) with (fillfactor = 80)', t.name || '_' || i, t.name, i);
      execute format('grant truncate on network.%I to toguna_run', t.name || '_' || i);
    end loop;
  end loop;
end $$;
-- One row: how far samples are added up, and the last day for which the rings were emptied.
create table history (
  one     boolean primary key default true check (one),
  added   bigint not null,
  emptied date
);
insert into history (added) values (0);
