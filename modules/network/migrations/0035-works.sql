-- Announced work on the network: what is touched, when, who approved it, whom it was told.
create table work (
  id          uuid primary key,
  number      integer not null unique,
  title       text not null,
  reason      text not null,
  state       text not null check (state in ('draft', 'proposed', 'approved', 'refused', 'cancelled')),
  -- raised with each change: who approves says which text they saw
  version     integer not null,
  starts      timestamptz not null,
  ends        timestamptz not null check (ends > starts),
  -- ids of spans, ducts, nodes and devices worked on
  elements    text[] not null check (cardinality(elements) between 1 and 200),
  -- once approved: the elements, the spans cut with them and the nodes that fall (what an alarm is compared with)
  covers      text[] not null default '{}',
  author      text not null,
  -- everybody who wrote in it: none of them approves it
  editors     text[] not null,
  -- why somebody is to be cut off all the same
  forced      text,
  decided_by  text,
  decided_at  timestamptz,
  decision    text,
  opened_at   timestamptz not null,
  ended_at    timestamptz,
  check (state <> 'approved' or (decided_by is not null and not (decided_by = any (editors))))
);
create index on work (starts);
create index on work using gin (covers) where state = 'approved';
revoke delete on work from toguna_run;

-- Places concerned by an approved version: the service levels read it, even after the plant has changed.
create table work_site (
  work    uuid not null references work (id),
  version integer not null,
  node    text not null,
  site    text,
  effect  text not null check (effect in ('down', 'one-way')),
  primary key (work, version, node)
);

-- One notice an institution and decision. Decided in the transaction that decides the work; carried later, once.
create table work_notice (
  id          uuid primary key,
  work        uuid not null references work (id),
  version     integer not null,
  institution text not null,
  kind        text not null check (kind in ('announced', 'changed', 'cancelled')),
  effect      text not null check (effect in ('down', 'one-way', 'none')),
  state       text not null check (state in ('due', 'sent', 'unaddressed', 'superseded')),
  subject     jsonb not null,
  body        jsonb not null,
  sms         jsonb not null,
  decided_at  timestamptz not null,
  due_at      timestamptz not null,
  sent_at     timestamptz,
  unique (work, institution, version)
);
create index on work_notice (due_at) where state = 'due';
create index on work_notice (institution, decided_at desc);
revoke delete on work_notice from toguna_run;

-- Where an institution wants to be told: an address of the office, not of a person.
create table contact (
  institution text primary key,
  email       text,
  phone       text,
  lang        text not null check (lang in ('fr', 'en')),
  changed_at  timestamptz not null,
  check (email is not null or phone is not null)
);
