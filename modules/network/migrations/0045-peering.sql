-- Sessions with other networks (BGP-4): who, by which addresses, what is told and what is believed.
create table peering (
  id           text not null,
  since        integer not null references revision (number),
  until        integer references revision (number),
  node         text not null,
  name         text not null,
  local_as     bigint not null check (local_as between 1 and 4294967294),
  remote_as    bigint not null check (remote_as between 1 and 4294967294),
  own4         text,
  peer4        text,
  own6         text,
  peer6        text,
  announces    text[],
  accepts      text[],
  illustrative boolean not null,
  primary key (id, since)
);
create unique index on peering (id) where until is null;
revoke delete on peering from toguna_run;
