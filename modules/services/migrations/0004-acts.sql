create table act (
  id          uuid primary key,
  number      text not null unique,
  case_id     uuid not null unique references case_file,
  kind        text not null check (kind in ('act', 'letter')),
  institution text not null,
  made_at     timestamptz not null,
  issued_at   timestamptz,
  valid_until date,
  signed_by   text not null,
  file        text,
  code        text
);
alter table act enable row level security;
create policy act_access on act using (exists (select 1 from case_file c where c.id = case_id));

-- What anyone may verify: no name, initials only.
create table public_act (
  number      text primary key,
  title       jsonb not null,
  institution text not null,
  issued_at   timestamptz not null,
  valid_until date,
  holder      text not null,
  digest      text not null,
  revoked_at  timestamptz
);
create index on public_act (digest);
revoke delete on public_act from toguna_run;

-- Public keys that sealed 2D codes: what a verifier without a network downloads.
create table code_key (
  key_id      text primary key,
  serial      text not null,
  certificate text not null,
  institution text not null,
  issuer      jsonb not null,
  from_day    date not null,
  until_day   date not null,
  revoked_at  timestamptz
);
create index on code_key (serial);
