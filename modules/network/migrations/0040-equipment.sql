alter table device add serial text;
-- Equipment without an agent: where it is reached, who it is, what it last said. Its secret is sealed with the installation's, for this row only.
create table equipment (
  id          uuid primary key,
  name        text not null,
  protocol    text not null check (protocol in ('snmp', 'netconf', 'cli')),
  profile     text,
  address     text not null,
  port        integer not null check (port between 1 and 65535),
  -- the inventory's device; null until somebody says which
  device      text,
  secret      bytea not null,
  -- SNMP v2c: anybody on the way reads and forges it; somebody decided to live with that
  weak        boolean not null,
  seconds     integer not null check (seconds between 60 and 86400),
  paused      boolean not null,
  -- raised with each change of how it is reached: what a reading under way brings for an older one is dropped
  version     integer not null,
  created_at  timestamptz not null,
  created_by  text not null,
  removed_at  timestamptz,
  -- the host key or engine a person approved, and one that was met and was not that
  identity    text,
  met         text,
  met_at      timestamptz,
  next_at     timestamptz not null,
  tried_at    timestamptz,
  read_at     timestamptz,
  reading     jsonb,
  trouble     text,
  detail      text,
  trouble_at  timestamptz
);
create unique index on equipment (address, port) where removed_at is null;
create index on equipment (next_at) where removed_at is null and not paused;
revoke delete on equipment from toguna_run;
-- What it said when that changed (counters and levels of light apart), and once a day.
create table equipment_reading (
  equipment uuid not null references equipment (id),
  at        timestamptz not null,
  digest    bytea not null,
  reading   jsonb not null,
  primary key (equipment, at)
);
-- A difference somebody looked at and lets be; another value is another difference.
create table equipment_accepted (
  equipment uuid not null references equipment (id),
  key       text not null,
  reason    text not null,
  by        text not null,
  at        timestamptz not null,
  primary key (equipment, key)
);
-- A sweep over a prefix of the inventory, started by a person; `done` addresses are behind it.
create table equipment_search (
  id       uuid primary key,
  prefix   text not null,
  by       text not null,
  at       timestamptz not null,
  total    integer not null,
  done     integer not null,
  ended_at timestamptz
);
create table equipment_found (
  search   uuid not null references equipment_search (id),
  address  text not null,
  protocol text not null,
  port     integer not null,
  identity text,
  greeting text not null,
  primary key (search, address, protocol)
);
revoke delete on equipment_search, equipment_found from toguna_run;
