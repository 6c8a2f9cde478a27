-- Somebody has to look: opened by an alarm that lasts, or by an institution's official.
create table ticket (
  id            uuid primary key,
  number        integer not null unique,
  origin        text not null check (origin in ('alarm', 'institution', 'operator')),
  state         text not null check (state in ('open', 'in-progress', 'resolved', 'closed')),
  version       integer not null,
  severity      text not null check (severity in ('critical', 'major', 'minor', 'warning')),
  title         jsonb not null,
  -- who asked; null: the operator's own
  institution   text,
  -- the place, in the plant and in the registry
  node          text,
  site          text,
  -- what it is about, or turned out to be
  alarm         uuid references alarm (id),
  opened_at     timestamptz not null,
  opened_by     text not null,
  assignee      text,
  assignee_name text,
  -- first time somebody took it up: what the agreement calls the response
  answered_at   timestamptz,
  resolved_at   timestamptz,
  closed_at     timestamptz,
  reopened      integer not null default 0,
  -- how often the alarm had come when this was resolved: once more, and it is open again
  occurrences   integer not null default 0,
  check ((state in ('resolved', 'closed')) = (resolved_at is not null)),
  check ((state = 'closed') = (closed_at is not null))
);
-- one ticket an alarm; one report a place and institution at a time
create unique index on ticket (alarm) where origin = 'alarm';
create unique index on ticket (institution, node) where origin = 'institution' and state in ('open', 'in-progress');
create index on ticket (institution, number desc);
create index on ticket (alarm);
revoke delete on ticket from toguna_run;

create table ticket_note (
  ticket      uuid not null references ticket (id),
  number      integer not null,
  at          timestamptz not null,
  author      text not null,
  author_name text,
  author_side text not null check (author_side in ('operator', 'institution', 'system')),
  -- the operator's own remarks are not the institution's to read
  internal    boolean not null,
  what        text not null check (what in ('opened', 'note', 'taken', 'assigned', 'resolved', 'closed', 'reopened', 'linked')),
  text        text,
  primary key (ticket, number)
);
revoke update, delete on ticket_note from toguna_run;
