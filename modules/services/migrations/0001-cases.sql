-- Definitions as they were: a case keeps the version of the procedure it started with.
create table definition (
  slug       text not null,
  version    integer not null,
  digest     text not null,
  definition jsonb not null,
  loaded_at  timestamptz not null,
  primary key (slug, version)
);

create table case_file (
  id                uuid primary key,
  number            text not null unique,
  version           integer not null,
  state             text not null,
  person            text not null,          -- pseudonymous
  account           text not null,          -- who is told
  lang              text not null,
  procedure         text not null,
  procedure_version integer not null,
  -- what registers said (by evidence jobs) and what the person said (by the validator)
  known             jsonb not null default '{}',
  answers           jsonb not null default '{}',
  created_at        timestamptz not null,
  moved_at          timestamptz not null,
  authorised_at     timestamptz,
  -- the office that decides, once the place of birth (or whatever the procedure names) is known
  institution       text,
  submitted_at      timestamptz,
  -- the legal clock: when it ran, and when it ends (null while it is stopped)
  spans             jsonb not null default '[]',
  due_at            timestamptz,
  overdue_told      boolean not null default false,
  idle_told_at      timestamptz,
  ended_at          timestamptz,
  used_minutes      integer,
  within_delay      boolean,
  corrections       integer not null default 0,
  assignee          text,
  fee               integer,
  paid_by           uuid,
  correction        jsonb,
  decision          jsonb,
  signing_problem   text
);
create index on case_file (person, created_at desc);
create index on case_file (person) where state in ('draft', 'evidence');
-- the office's queue, by due date; drafts never enter it
create index on case_file (institution, state, due_at) where submitted_at is not null;
create index on case_file (institution, ended_at desc) where ended_at is not null and submitted_at is not null;
create index on case_file (institution, submitted_at desc) where submitted_at is not null;
create index on case_file (moved_at) where state in ('draft', 'evidence');
create index on case_file (due_at) where due_at is not null and not overdue_told;
alter table case_file enable row level security;
create policy case_file_access on case_file using (
  kernel.unscoped()
  or person = kernel.person()
  or (institution = kernel.institution() and submitted_at is not null)
);

create table evidence (
  case_id      uuid not null references case_file,
  requirement  text not null,
  state        text not null,
  round        integer not null,
  holder       text,
  asked_at     timestamptz,
  expected_by  timestamptz,
  answered_at  timestamptz,
  answered_by  text,
  exchange     text,
  request      text,
  row          jsonb,
  note         text,
  primary key (case_id, requirement)
);
create index on evidence (request) where request is not null;
alter table evidence enable row level security;
-- whoever may see the case may see this (the inner query is under the case's own policy)
create policy evidence_access on evidence using (exists (select 1 from case_file c where c.id = case_id));

create table message (
  seq     bigint generated always as identity,
  id      uuid primary key,
  case_id uuid not null references case_file,
  at      timestamptz not null,
  side    text not null check (side in ('applicant', 'office')),
  account text not null,
  body    text not null,
  seen_at timestamptz
);
create index on message (case_id, seq);
alter table message enable row level security;
create policy message_access on message using (exists (select 1 from case_file c where c.id = case_id));

-- Public figures: counts and times only, computed past row-level security by the owner of the tables.
create function office_figures(wanted text, since timestamptz)
returns table (institution text, procedure text, received integer, issued integer, refused integer, corrections integer,
               median_minutes double precision, p90_minutes double precision, within_delay double precision)
language sql stable security definer set search_path = services as $$
  select c.institution, c.procedure, count(*)::int,
    count(*) filter (where c.state = 'issued')::int,
    count(*) filter (where c.state = 'refused')::int,
    coalesce(sum(c.corrections), 0)::int,
    percentile_cont(0.5) within group (order by c.used_minutes) filter (where c.state in ('issued', 'refused')),
    percentile_cont(0.9) within group (order by c.used_minutes) filter (where c.state in ('issued', 'refused')),
    avg(case when c.within_delay then 1.0 else 0.0 end) filter (where c.state in ('issued', 'refused'))::double precision
  from case_file c
  where c.submitted_at >= since and c.institution is not null and (wanted is null or c.procedure = wanted)
  group by 1, 2 order by 1, 2
$$;
