-- Certificates: of authorities, of institutions' seals, of persons who decide, and of our services.
create table certificate (
  id          uuid primary key,
  kind        text not null check (kind in ('root', 'issuing', 'seal', 'person', 'tsa', 'ocsp', 'ledger', 'anchor', 'intermediate')),
  -- institution id (seal), account id (person), else the kind itself or, for what came from outside, the serial
  subject     text not null,
  institution text,
  name        text not null,
  serial      text not null,
  -- the certificate of ours that issued this one; null for roots and for what outside authorities issued
  issuer      uuid references certificate (id),
  -- name in the key store; null where the key is somebody else's
  key         text,
  der         bytea not null unique,
  -- certificates to send along, nearest first, up to but without the root
  chain       bytea[] not null,
  not_before  timestamptz not null,
  not_after   timestamptz not null,
  external    boolean not null,
  created_at  timestamptz not null,
  -- replaced by a newer one: signs nothing more, stays valid for what it signed
  retired_at  timestamptz
);
-- One signing certificate at a time for each subject: two processes that make one at once keep one.
create unique index certificate_current on certificate (kind, subject) where retired_at is null and key is not null;
create index on certificate (serial);
create index on certificate (institution, kind);

-- What OCSP and revocation lists tell everyone: numbers, never names. A verifier without any right must see it.
create table certificate_status (
  certificate uuid primary key references certificate (id),
  issuer      uuid,
  serial      text not null,
  revoked_at  timestamptz,
  reason      text check (reason in ('unspecified', 'keyCompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation')),
  check ((revoked_at is null) = (reason is null))
);
create unique index on certificate_status (issuer, serial);

-- Officials' certificates carry their names: another institution does not list them.
alter table certificate enable row level security;
create policy institutions on certificate
  using (kernel.unscoped() or kind <> 'person' or institution = kernel.institution())
  with check (kernel.unscoped() or kind <> 'person' or institution = kernel.institution());

-- A key made here that waits for an outside authority's certificate.
create table certificate_request (
  id          uuid primary key,
  kind        text not null check (kind in ('seal', 'person', 'tsa', 'issuing')),
  subject     text not null,
  institution text,
  name        text not null,
  key         text not null unique,
  spki        bytea not null,
  csr         bytea not null,
  created_at  timestamptz not null,
  certificate uuid references certificate (id)
);

-- The built-in time-stamp authority never goes back: its last second, over all processes.
create table stamp_clock (
  authority text primary key,
  last      timestamptz not null
);

-- The ledger's tree, in tiles of up to 256 hashes: tile (level, index) holds perfect subtrees of 256^level leaves.
create table tile (
  level  int not null,
  index  bigint not null,
  hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  primary key (level, index)
);
alter table tile alter column hashes set storage external;
create function only_grows() returns trigger language plpgsql as $$
begin
  if new.level <> old.level or new.index <> old.index or substring(new.hashes for length(old.hashes)) <> old.hashes then
    raise exception 'a tile of the ledger only grows';
  end if;
  return new;
end $$;
create trigger only_grows before update on tile for each row execute function only_grows();

-- Heads: what the tree was at a size. The signature follows outside the transaction that wrote the tree.
create table head (
  size        bigint primary key check (size > 0),
  root        bytea not null check (length(root) = 32),
  origin      text not null,
  at          timestamptz not null,
  certificate uuid references certificate (id),
  signature   bytea,
  token       bytea,
  stamped_at  timestamptz,
  check ((certificate is null) = (signature is null)),
  check ((token is null) = (stamped_at is null))
);
create index on head (size) where signature is null;
create index on head (size) where token is not null;
create function head_stays() returns trigger language plpgsql as $$
begin
  if new.size <> old.size or new.root <> old.root or new.origin <> old.origin or new.at <> old.at
     or (old.signature is not null and new.signature is distinct from old.signature)
     or (old.token is not null and new.token is distinct from old.token) then
    raise exception 'a head of the ledger is written once';
  end if;
  return new;
end $$;
create trigger head_stays before update on head for each row execute function head_stays();
create function stamped_head_stays() returns trigger language plpgsql as $$
begin
  if old.token is not null then
    raise exception 'a time-stamped head of the ledger is kept';
  end if;
  return old;
end $$;
create trigger stamped_head_stays before delete on head for each row execute function stamped_head_stays();
revoke delete on certificate, certificate_status, tile from toguna_run;
