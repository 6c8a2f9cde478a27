-- What is known of a country's territory and State, and on what ground it is said.
create table source (
  id          text primary key,
  title       text not null,
  date        date,
  reliability text
);
create table rule (
  id     text primary key,
  text   jsonb not null,
  source text
);

-- Territory: a division that ends keeps its row; births happened there.
create table division (
  id           text primary key,
  level        text not null,
  name         jsonb not null,
  former_names jsonb not null default '[]',
  status       text,
  capital      text,
  valid_from   date,
  valid_until  date,
  successors   text[] not null default '{}',
  lon          double precision,
  lat          double precision,
  basis        text,
  source       text
);
create index on division (level);
-- Parents over time: a commune may pass from one province to another.
create table division_parent (
  division    text not null,
  parent      text not null,
  valid_from  date,
  valid_until date,
  primary key (division, parent)
);
create index on division_parent (parent);

create table institution (
  id        text primary key,
  class     text not null,
  code      text not null,
  kind      text not null,
  name      jsonb not null,
  acronym   text,
  parent    text,
  division  text not null,
  basis     text not null check (basis in ('sourced', 'derived', 'illustrative')),
  source    text,
  rule      text,
  state     text not null default 'active' check (state in ('active', 'closed')),
  closed_on date,
  -- words folded for search
  words     text not null,
  origin    text not null check (origin in ('pack', 'local')),
  -- fields changed here: the pack no longer overwrites them
  edited    text[] not null default '{}',
  -- the pack's version last applied
  pack_hash text,
  version   integer not null default 1,
  unique (class, code),
  -- a ground is named: where it was read, or by which rule it follows
  check (basis <> 'sourced' or source is not null),
  check (basis <> 'derived' or rule is not null)
);
create index on institution (kind);
create index on institution (division);
create index on institution (parent);

create table site (
  id       text primary key,
  name     jsonb not null,
  division text not null,
  lon      double precision,
  lat      double precision,
  located  text check (located in ('surveyed', 'published', 'district', 'town')),
  origin   text not null check (origin in ('pack', 'local')),
  edited   text[] not null default '{}',
  check ((lon is null) = (lat is null) and (lon is null) = (located is null))
);
create index on site (division);
create table institution_site (
  institution text not null,
  site        text not null,
  primary key (institution, site)
);
create index on institution_site (site);
create table building (
  id     text primary key,
  site   text not null,
  name   jsonb not null,
  levels integer,
  rooms  integer,
  basis  text,
  source text
);
create table office (
  id          text primary key,
  institution text not null,
  site        text,
  building    text,
  kind        text not null,
  name        jsonb not null
);
create index on office (institution);

-- Which institution answers for a division, by kind of competence.
create table competence (
  kind        text not null,
  division    text not null,
  institution text not null,
  valid_from  date,
  valid_until date,
  basis       text not null,
  source      text,
  rule        text,
  note        jsonb,
  primary key (kind, division, institution)
);
create index on competence (division, kind);

-- Every later change of an institution, before and after; never rewritten.
create table institution_history (
  seq         bigint generated always as identity primary key,
  institution text not null,
  at          timestamptz not null,
  actor       text not null,
  before      jsonb,
  after       jsonb
);
create index on institution_history (institution, seq desc);
revoke update, delete on institution_history from toguna_run;

-- The pack last applied, so that a start with the same pack touches nothing.
create table pack (
  country text primary key,
  digest  text not null,
  at      timestamptz not null
);

-- Who holds which role where. Days are the country's; `valid_until` is the last day.
create table assignment (
  id           uuid primary key,
  account      text not null,
  holder       text not null,
  institution  text not null,
  role         text not null,
  office       text,
  valid_from   date not null,
  valid_until  date,
  state        text not null check (state in ('requested', 'approved', 'refused', 'ended')),
  requested_by text not null,
  requested_at timestamptz not null,
  decided_by   text,
  decided_at   timestamptz,
  ended_by     text,
  ended_at     timestamptz,
  reason       text,
  version      integer not null default 1,
  check (valid_until is null or valid_until >= valid_from),
  -- two people: neither the one who asked nor the one who receives decides
  check (decided_by is null or (decided_by <> requested_by and decided_by <> account) or decided_by like 'system:%')
);
create index on assignment (account) where state = 'approved';
create index on assignment (institution, state);
alter table assignment enable row level security;

-- For some days somebody else holds it, and its holder does not.
create table delegation (
  id           uuid primary key,
  assignment   uuid not null references assignment,
  institution  text not null,
  account      text not null,
  holder       text not null,
  permissions  text[],
  valid_from   date not null,
  valid_until  date not null,
  state        text not null check (state in ('requested', 'approved', 'refused', 'ended')),
  requested_by text not null,
  requested_at timestamptz not null,
  decided_by   text,
  decided_at   timestamptz,
  ended_by     text,
  ended_at     timestamptz,
  reason       text,
  version      integer not null default 1,
  check (valid_until >= valid_from),
  check (decided_by is null or (decided_by <> requested_by and decided_by <> account) or decided_by like 'system:%')
);
create index on delegation (account) where state = 'approved';
create index on delegation (assignment);
alter table delegation enable row level security;
-- Who receives and who lends see it wherever they act.
create policy delegation_seen on delegation
  using (kernel.unscoped() or institution = kernel.institution() or account = kernel.account() or requested_by = kernel.account())
  with check (kernel.unscoped() or institution = kernel.institution());
create policy assignment_seen on assignment
  using (kernel.unscoped() or institution = kernel.institution() or account = kernel.account()
    or exists (select from delegation d where d.assignment = assignment.id and d.account = kernel.account()))
  with check (kernel.unscoped() or institution = kernel.institution());
