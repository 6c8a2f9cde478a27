-- Another instance of the exchange. One person imports its anchor, a second one approves it by the fingerprint read to her.
create table federation (
  id          uuid primary key,
  instance    text not null,
  state       text not null check (state in ('waiting', 'approved', 'suspended', 'refused', 'withdrawn')),
  anchor      jsonb not null,               -- the file as it came: {"anchor", "signatures"}
  proposed_by text not null,                -- who imported it, or wants to go on after a suspension
  proposed_at timestamptz not null,
  decided_by  text,
  decided_at  timestamptz,
  reason      text,
  check (decided_by is null or decided_by <> proposed_by),
  check ((state = 'approved') <= (decided_by is not null))
);
create unique index on federation (instance) where state in ('waiting', 'approved', 'suspended');
create trigger changed after insert or update or delete or truncate on federation for each statement execute function changed();
-- What the other instance shows us: the last document, whole.
create table federation_configuration (
  federation uuid primary key references federation,
  version    bigint not null,
  issued_at  timestamptz not null,
  sha256     bytea not null check (length(sha256) = 32),
  document   jsonb not null
);
create trigger changed after insert or update or delete or truncate on federation_configuration for each statement execute function changed();
-- Its last word that this is the newest, and how our last question ended; written each minute, so no change of the directory.
create table federation_heard (
  federation uuid primary key references federation,
  version    bigint,
  at         timestamptz,
  head       jsonb,                         -- {"head", "signature", "certificate"}
  tried_at   timestamptz not null,
  fault      text,
  check ((version is null) = (at is null) and (at is null) = (head is null))
);
-- What of ours another instance may see: a subsystem (it may ask there), a service (it may be asked from there).
create table federation_opening (
  instance text not null,
  what     text not null,
  by       text not null,
  at       timestamptz not null,
  primary key (instance, what)
);
-- What each other instance was shown, every version.
create table federation_published (
  instance  text not null,
  version   bigint not null,
  issued_at timestamptz not null,
  content   bytea not null check (length(content) = 32),
  sha256    bytea not null check (length(sha256) = 32),
  document  text not null,
  primary key (instance, version)
);
revoke update, delete on federation_published from toguna_run;
-- The anchor we hand out.
create table federation_anchor (
  one          boolean primary key default true check (one),
  file         jsonb not null,
  generated_at timestamptz not null,
  valid_until  timestamptz not null
);
