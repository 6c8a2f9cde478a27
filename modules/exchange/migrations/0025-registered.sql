-- What an institution registered itself lives beside what the country pack declares, and outlives each loading of the pack.
alter table member       add column origin text not null default 'pack' check (origin in ('pack', 'registered'));
alter table subsystem    add column origin text not null default 'pack' check (origin in ('pack', 'registered'));
alter table service      add column origin text not null default 'pack' check (origin in ('pack', 'registered'));
alter table access_right add column origin text not null default 'pack' check (origin in ('pack', 'registered'));
-- Where a question or its answer names the person concerned: {query, segment, answer}.
alter table service add column subject jsonb;
-- How the gateway and the institution's system know each other.
alter table service add column verify_tls boolean not null default true;
alter table service add column ca text;                       -- PEM; null = the usual authorities
alter table service add column client_certificate boolean not null default false;
-- A right of the pack that its provider ended stays ended when the pack is loaded again.
create table ended_right (
  service text not null,
  id      text not null,
  subject text not null,
  by      text not null,
  reason  text not null,
  at      timestamptz not null,
  primary key (service, id, subject)
);
-- The OpenAPI document a service was published from; with an address it is fetched again.
create table description (
  service  text primary key references service,
  url      text,
  document text not null,
  digest   bytea not null,
  read_at  timestamptz not null,
  tried_at timestamptz not null,
  fault    text                               -- of the last try
);
create index on description (tried_at) where url is not null;
-- Changes of the directory that wait for a second person, and what became of them.
create table proposal (
  id          uuid primary key,
  institution text not null,                  -- whose subsystem, service or right
  kind        text not null check (kind in ('subsystem', 'service', 'service-change', 'right')),
  about       text not null,                  -- identifier of the subsystem or service
  content     jsonb not null,
  document    text,                           -- OpenAPI, as read
  url         text,
  state       text not null check (state in ('reading', 'waiting', 'approved', 'refused', 'withdrawn', 'failed')),
  approver    text not null check (approver in ('operator', 'institution')),
  proposed_by text not null,                  -- an account, or system:refresh
  proposed_at timestamptz not null,
  decided_by  text,
  decided_at  timestamptz,
  reason      text,                           -- of a refusal; of a failure, its code
  check (decided_by is null or decided_by <> proposed_by),
  check ((state in ('approved', 'refused')) = (decided_by is not null))
);
create index on proposal (institution, proposed_at desc);
create index on proposal (state, proposed_at) where state in ('reading', 'waiting');
create unique index on proposal (kind, about) where state in ('reading', 'waiting') and kind in ('subsystem', 'service', 'service-change');
alter table proposal enable row level security;
-- What waits for the operator names no person but officials: any official may see it, his permission decides.
create policy own on proposal using (kernel.unscoped() or institution = kernel.institution() or approver = 'operator');
