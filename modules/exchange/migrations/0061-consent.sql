-- A right may want the consent of the person concerned: how many days one lasts; null = the law does not ask for it.
alter table access_right add column consent_days integer check (consent_days between 1 and 3660);

-- What a person was asked to agree to, and her answer. At the house only.
create table consent (
  id                 uuid primary key,
  person             text not null,            -- pseudonymous
  number             bytea,                    -- her identity number, sealed: never readable here
  state              text not null check (state in ('asked', 'given', 'refused', 'withdrawn', 'lapsed')),
  client             text not null,
  client_institution text not null,
  service            text not null,
  institution        text not null,            -- whose register answers
  purpose            text not null,
  fields             text[],                   -- JSON pointers as the right named them then; null = the whole answer
  basis              jsonb not null,
  days               integer not null,
  issue              text,
  asked_by           text not null,            -- an official's account, or the procedure's module
  asked_at           timestamptz not null,
  lapses_at          timestamptz not null,
  challenge          text,                     -- of the code at a counter
  how                text check (how in ('page', 'counter')),
  official           text,                     -- who typed the person's code
  answered_at        timestamptz,
  until_at           timestamptz,
  withdrawn_at       timestamptz,
  salt               bytea,
  fact               uuid,
  receipt            text,                     -- the person's copy, signed
  changed            bigint,                   -- order in which gateways are told; null = never given
  check ((state in ('given', 'withdrawn')) = (until_at is not null))
);
create index on consent (person, asked_at desc);
create index on consent (client_institution, asked_at desc);
create index on consent (institution, changed) where changed is not null;
-- one open question a person, client, service and purpose
create unique index on consent (person, client, service, purpose) where state = 'asked';
create sequence consent_changed;
alter table consent enable row level security;
create policy own on consent using (
  kernel.unscoped() or person = kernel.person() or client_institution = kernel.institution() or institution = kernel.institution()
);

-- On a gateway: consents under the services of its own institutions, as the centre signed them; no number, a keyed hash of it.
create table consent_known (
  id           uuid primary key,
  client       text not null,
  service      text not null,
  purpose      text not null,
  fields       text[],
  given_at     timestamptz not null,
  until_at     timestamptz not null,
  withdrawn_at timestamptz,
  salt         bytea not null,
  number_hash  bytea not null
);
-- How far the centre was heard, when, and its signed word.
create table consent_heard (
  one         boolean primary key default true check (one),
  upto        bigint not null,
  at          timestamptz not null,
  scope       text not null,                 -- for which institutions: when these change, all is asked again
  word        text not null,
  signature   bytea not null,
  certificate text not null
);

-- Reads under a consent name it.
alter table concern add column consent uuid;
create index on concern (consent) where consent is not null;
