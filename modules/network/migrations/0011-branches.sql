-- A branch of intended state: an ordered list of changes on a base revision, replayed when it is read and when it is merged.
create table branch (
  id         uuid primary key,
  number     integer not null unique,
  title      text not null,
  reason     text,
  -- 0: it stands on nothing, a study of somewhere else
  base       integer not null check (base >= 0),
  study      boolean not null,
  state      text not null check (state in ('draft', 'proposed', 'approved', 'refused', 'merged', 'withdrawn')),
  -- raised with each edit: who approves or merges says which text they saw
  version    integer not null,
  author     text not null,
  -- everybody who wrote in it: none of them approves it
  editors    text[] not null,
  opened_at  timestamptz not null,
  -- why a plan that cuts somebody off is to go on all the same
  forced     text,
  decided_by text,
  decided_at timestamptz,
  decision   text,
  merged     integer references revision (number),
  merged_by  text,
  merged_at  timestamptz,
  -- the branch whose merge this one undoes
  undoes     uuid references branch (id),
  check ((state = 'merged') = (merged is not null)),
  check (state not in ('approved', 'merged') or decided_by is not null)
);
create table branch_change (
  branch   uuid not null references branch (id),
  position integer not null check (position > 0),
  op       text not null check (op in ('add', 'change', 'remove')),
  kind     text not null,
  element  text not null,
  -- whole for what is added, the changed fields for what is changed (null takes a field away)
  fields   jsonb,
  phase    integer check (phase between 1 and 99),
  primary key (branch, position)
);
create index on branch (state, number desc);
revoke delete on branch from toguna_run;
