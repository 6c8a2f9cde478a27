-- Who a person is. The id is a pseudonym; what the register said is one sealed value (AES-256-GCM, key outside the
-- database), the identity number also a keyed token for equality. Read through entry_of() only by doors that record it.
create table person (
  id             uuid primary key,
  identity_token bytea not null unique,
  entry          bytea not null,
  known_at       timestamptz not null
);
alter table person enable row level security;
create policy own on person using (kernel.unscoped() or id::text = kernel.person());
-- The one way round the policy, for an official whose case concerns the person: one row, by id, never a list.
create function entry_of(wanted uuid) returns bytea language sql stable security definer set search_path = pg_catalog
  as $$ select entry from identity.person where id = wanted $$;

-- A way to sign in. Holds no name of a citizen: pseudonyms, tokens, times (hence readable while nobody is known yet).
create table account (
  id             uuid primary key,
  kind           text not null check (kind in ('person', 'official')),
  person         uuid,
  lang           text not null,
  opened_at      timestamptz not null,
  closed_at      timestamptz,
  -- officials: working name and user name, both printed on what they sign
  username       text,
  display_name   text,
  demo           boolean not null default false,
  proof_kind     text check (proof_kind in ('register', 'counter')),
  proof_at       timestamptz,
  check ((proof_kind is null) = (proof_at is null)),
  check (proof_kind is null or person is not null),
  -- the question to the register: its state, and the sealed claim while it waits
  asked          text not null default 'none' check (asked in ('none', 'waiting', 'matched', 'no-match', 'sim-recent', 'unavailable')),
  asked_at       timestamptz,
  claim          bytea
);
create unique index on account (lower(username)) where username is not null;
create index on account (person) where person is not null;

-- Numbers: keyed token (equality) and sealed value. A number belongs to one account at a time.
create table phone (
  id             uuid primary key,
  account        uuid not null references account,
  token          bytea not null,
  sealed         bytea not null,
  verified_at    timestamptz not null,
  sim_changed_at timestamptz,
  replaced_at    timestamptz
);
create unique index on phone (token) where replaced_at is null;
create index on phone (account);

create table password (
  account    uuid primary key references account,
  phc        text not null,
  changed_at timestamptz not null
);
create table totp (
  account      uuid primary key references account,
  sealed       bytea,
  last_step    bigint not null default 0,
  confirmed_at timestamptz,
  pending      bytea,
  pending_at   timestamptz
);
create table passkey (
  id             uuid primary key,
  account        uuid not null references account,
  credential     text not null unique,
  public_key     bytea not null,
  counter        bigint not null,
  transports     text[] not null,
  label          text not null,
  enrolled_level text not null,
  added_at       timestamptz not null,
  used_at        timestamptz,
  removed_at     timestamptz
);
create index on passkey (account);

-- What one browser was given and must bring back: the hash of its opaque id, never the id.
create table challenge (
  id          bytea primary key,
  kind        text not null check (kind in ('phone-sign-in', 'phone-change', 'counter', 'passkey-sign-in', 'passkey-enrol')),
  -- the session's account (change of number, passkey); a sign-in has none. A passkey's challenge is the id itself.
  account     uuid,
  phone_token bytea,
  phone       bytea,
  code_hash   bytea,
  lang        text not null,
  known       boolean not null,
  sim_unknown boolean not null default false,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  tries       integer not null default 0,
  used_at     timestamptz
);
create index on challenge (expires_at);

create table session (
  id           uuid primary key,
  token        bytea not null unique,
  account      uuid not null references account,
  method       text not null check (method in ('phone-code', 'password-totp', 'passkey')),
  level        text not null check (level in ('low', 'substantial', 'high')),
  passkey      uuid,
  user_verified boolean not null default false,
  -- the number's SIM could not be checked when this unknown device signed in
  sim_unknown  boolean not null default false,
  started_at   timestamptz not null,
  seen_at      timestamptz not null,
  expires_at   timestamptz not null,
  idle_seconds integer not null,
  ended_at     timestamptz,
  ended_why    text
);
create index on session (account) where ended_at is null;
create index on session (expires_at);

-- Devices an account has signed in from: what keeps the owner's way free while others try.
create table device (
  token   bytea not null,
  account uuid not null references account,
  seen_at timestamptz not null,
  primary key (token, account)
);

-- Token buckets. Keys are keyed hashes: neither a number nor an address can be read out of them.
create table bucket (
  key    bytea primary key,
  tokens double precision not null,
  at     timestamptz not null,
  strain double precision not null
);
create index on bucket (at);

-- A proofing at a counter.
create table proofing (
  id          uuid primary key,
  institution text not null,
  official    uuid not null,
  challenge   bytea not null,
  phone_token bytea not null,
  phone       bytea not null,
  claim       bytea,
  person      uuid,
  state       text not null check (state in ('waiting', 'found', 'unknown', 'unavailable', 'proven', 'refused', 'expired')),
  tries       integer not null default 0,
  started_at  timestamptz not null,
  expires_at  timestamptz not null
);
alter table proofing enable row level security;
create policy own on proofing using (kernel.unscoped() or institution = kernel.institution());
