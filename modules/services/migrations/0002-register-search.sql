-- The office's search of a register, and every person found, each reviewed by a human being.
create table register_search (
  case_id     uuid primary key references case_file,
  state       text not null check (state in ('asked', 'done', 'failed')),
  round       integer not null,
  asked_at    timestamptz not null,
  asked_by    text not null,
  answered_at timestamptz,
  exchanges   text[] not null default '{}',
  -- questions a person is answering by hand, and by when
  requests    text[] not null default '{}',
  expected_by timestamptz
);
create index on register_search using gin (requests);
alter table register_search enable row level security;
-- the applicant sees the outcome on the act, not the homonyms: other people's records are not hers to read
create policy register_search_access on register_search using (
  kernel.unscoped()
  or exists (select 1 from case_file c where c.id = case_id and c.institution = kernel.institution()));

create table candidate (
  id          uuid primary key,
  case_id     uuid not null references case_file,
  round       integer not null,
  reference   text not null,
  score       integer not null,
  row         jsonb not null,
  verdict     text check (verdict in ('same-person', 'other-person')),
  reason      text,
  reviewed_at timestamptz,
  reviewed_by text,
  unique (case_id, round, reference)
);
alter table candidate enable row level security;
create policy candidate_access on candidate using (
  kernel.unscoped()
  or exists (select 1 from case_file c where c.id = case_id and c.institution = kernel.institution()));
