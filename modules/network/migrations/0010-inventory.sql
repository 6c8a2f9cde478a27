-- Rooms, racks, places in racks, VLANs, prefixes, AS numbers: the same history as the rest of the plant.
create table room (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  node         text not null,
  name         text not null,
  illustrative boolean not null,
  primary key (id, since)
);
create table rack (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  room         text not null,
  name         text not null,
  units        integer not null check (units between 1 and 100),
  illustrative boolean not null,
  primary key (id, since)
);
alter table device add rack text, add unit integer, add height integer;
create table vlan (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  node         text not null,
  vid          integer not null check (vid between 1 and 4094),
  name         text not null,
  institution  text,
  illustrative boolean not null,
  primary key (id, since)
);
-- A pool from which the address plan takes (`serves`), or what was given to a node, a span, a segment.
create table prefix (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  prefix       text not null,
  role         text not null check (role in ('pool', 'loopback', 'link', 'segment', 'overlay', 'other')),
  serves       text check (serves in ('loopback', 'link', 'segment', 'overlay')),
  node         text,
  span         text,
  vlan         text,
  institution  text,
  illustrative boolean not null,
  primary key (id, since)
);
create table asn (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  number       bigint not null check (number between 1 and 4294967294),
  node         text,
  name         text,
  illustrative boolean not null,
  primary key (id, since)
);
create unique index on room (id) where until is null;
create unique index on rack (id) where until is null;
create unique index on vlan (id) where until is null;
create unique index on prefix (id) where until is null;
create unique index on asn (id) where until is null;
revoke delete on room, rack, vlan, prefix, asn from toguna_run;
-- a revision may also come from a merged branch, or from the address plan alone
alter table revision drop constraint revision_origin_check;
alter table revision add constraint revision_origin_check check (origin in ('pack', 'import', 'branch', 'plan'));
