-- Plant with its whole history: a row holds from revision `since` until (not with) revision `until`; nothing is overwritten.
create table revision (
  number  integer primary key,
  id      uuid not null unique,
  at      timestamptz not null,
  actor   text not null,
  origin  text not null check (origin in ('pack', 'import')),
  digest  text not null,
  note    text,
  added   integer not null,
  changed integer not null,
  removed integer not null
);
create table node (
  id             text not null,
  since          integer not null references revision (number),
  until          integer references revision (number),
  kind           text not null check (kind in ('core', 'hub', 'site', 'joint')),
  name           text not null,
  -- the registry's site this node stands on
  site           text,
  lon            double precision not null,
  lat            double precision not null,
  -- counted there by whoever counted, when the registry cannot name them yet
  buildings      integer,
  establishments integer,
  -- hours a year without power
  power          double precision,
  illustrative   boolean not null,
  primary key (id, since)
);
-- Ground that several spans share: a duct, a bridge, a line of poles. One digger cuts them all.
create table duct (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  kind         text not null check (kind in ('duct', 'bridge', 'poles')),
  name         text not null,
  length       integer not null check (length > 0),
  rate         double precision,
  repair       double precision,
  illustrative boolean not null,
  primary key (id, since)
);
create table cable (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  name         text,
  a            text not null,
  b            text not null,
  length       integer not null check (length > 0),
  strands      integer not null check (strands between 1 and 1728),
  ducts        text[] not null,
  path         jsonb,
  -- cuts a year on 1000 km, hours to repair: the module's defaults when null
  rate         double precision,
  repair       double precision,
  illustrative boolean not null,
  primary key (id, since),
  check (a <> b)
);
-- Capacity leased from an operator: its strands are not ours, its route and its cuts concern us.
create table circuit (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  name         text,
  a            text not null,
  b            text not null,
  length       integer not null check (length > 0),
  provider     text,
  capacity     integer,
  ducts        text[] not null,
  path         jsonb,
  rate         double precision,
  repair       double precision,
  illustrative boolean not null,
  primary key (id, since),
  check (a <> b)
);
-- `count` consecutive strands joined one to one.
create table splice (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  node         text not null,
  cable        text not null,
  strand       integer not null check (strand > 0),
  into_cable   text not null,
  into_strand  integer not null check (into_strand > 0),
  count        integer not null check (count > 0),
  illustrative boolean not null,
  primary key (id, since)
);
create table device (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  node         text not null,
  name         text not null,
  role         text,
  illustrative boolean not null,
  primary key (id, since)
);
create table port (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  device       text not null,
  name         text not null,
  cable        text,
  strand       integer,
  capacity     integer,
  illustrative boolean not null,
  primary key (id, since),
  check ((cable is null) = (strand is null))
);
create unique index on node (id) where until is null;
create unique index on duct (id) where until is null;
create unique index on cable (id) where until is null;
create unique index on circuit (id) where until is null;
create unique index on splice (id) where until is null;
create unique index on device (id) where until is null;
create unique index on port (id) where until is null;
revoke delete on revision, node, duct, cable, circuit, splice, device, port from toguna_run;
revoke update on revision from toguna_run;
