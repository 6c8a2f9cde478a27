-- Every row of the message log becomes a leaf of this gateway's tree (RFC 9162). From its insert until the sealer has numbered
-- it, a row waits here: by trigger, so that no way into the log misses it.
create table waiting (
  n        bigint generated always as identity primary key,
  exchange uuid not null,
  side     text not null,
  kind     text not null check (kind in ('request', 'outcome'))
);
create function await_seal() returns trigger language plpgsql as $$
begin
  insert into exchange.waiting (exchange, side, kind) select exchange, side, tg_table_name from added;
  return null;
end $$;
create trigger await_seal after insert on request referencing new table as added for each statement execute function await_seal();
create trigger await_seal after insert on outcome referencing new table as added for each statement execute function await_seal();
insert into waiting (exchange, side, kind)
  select exchange, side, kind from (
    select exchange, side, 'request' as kind, at from request union all select exchange, side, 'outcome', at from outcome) as all_rows
  order by at, exchange, side, kind desc;

-- The leaf outlives the row it stands for, and the row's body.
create table leaf (
  index    bigint primary key,
  exchange uuid not null,
  side     text not null,
  kind     text not null,
  hash     bytea not null check (length(hash) = 32),
  unique (exchange, side, kind)
);
create table tile (
  level  int not null,
  index  bigint not null,
  hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  primary key (level, index)
);
alter table tile alter column hashes set storage external;
create function tile_grows() returns trigger language plpgsql as $$
begin
  if new.level <> old.level or new.index <> old.index or substring(new.hashes for length(old.hashes)) <> old.hashes then
    raise exception 'a tile of the tree only grows';
  end if;
  return new;
end $$;
create trigger tile_grows before update on tile for each row execute function tile_grows();

-- What the tree was at a size; the signature follows outside the transaction that wrote it.
create table head (
  size      bigint primary key check (size > 0),
  root      bytea not null check (length(root) = 32),
  origin    text not null,
  at        timestamptz not null,
  serial    text references certificate,
  signature bytea,
  check ((serial is null) = (signature is null))
);
create index on head (size) where signature is null;
create function head_written_once() returns trigger language plpgsql as $$
begin
  if new.size <> old.size or new.root <> old.root or new.origin <> old.origin or new.at <> old.at
     or (old.signature is not null and new.signature is distinct from old.signature) then
    raise exception 'a head of the tree is written once';
  end if;
  return new;
end $$;
create trigger head_written_once before update on head for each row execute function head_written_once();

-- One time stamp covers a signed head and, in X-Road's hash chain, the signature files of every message since the last one.
create table stamp (
  head_size bigint primary key references head,
  at        timestamptz not null,
  digest    bytea not null check (length(digest) = 64),
  token     bytea not null
);
create table batch (
  first_leaf bigint primary key,            -- leaves [first_leaf, next_leaf)
  next_leaf  bigint not null check (next_leaf > first_leaf),
  at         timestamptz not null,
  hashes     bytea not null check (length(hashes) % 64 = 0), -- SHA-512 of each signatures.xml, in the order of the leaves
  stamp      bigint references stamp
);
alter table batch alter column hashes set storage external;
create index on batch (first_leaf) where stamp is null;
create index on batch (stamp);
-- What the authority said of a signer's certificate when the batch was made; it goes into the signature files.
create table certificate_status (
  first_leaf bigint not null references batch,
  serial     text not null,
  response   bytea not null,
  primary key (first_leaf, serial)
);
revoke update, delete on leaf, stamp, certificate_status from toguna_run;
revoke delete on tile, batch from toguna_run;
