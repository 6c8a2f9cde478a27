-- A month whose statements are made: what they say does not change any more.
create table service_month (
  month       text primary key check (month ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$'),
  closed_at   timestamptz not null,
  closed_by   text not null,
  -- whose seal the papers bear
  institution text not null,
  statements  integer not null
);
revoke update, delete on service_month from toguna_run;

-- Number 1 is the statement; what is learnt later makes number 2, 3 …, which say what they correct.
create table statement (
  id          uuid primary key,
  institution text not null,
  month       text not null references service_month (month),
  number      integer not null check (number > 0),
  -- agreement, places with their times and interruptions, sums
  body        jsonb not null,
  -- SHA-256 of the figures in canonical JSON
  digest      text not null,
  made_at     timestamptz not null,
  unique (institution, month, number)
);
revoke update, delete on statement from toguna_run;

-- Its paper, sealed; made by a job.
create table statement_paper (
  statement uuid primary key references statement (id),
  pdf       bytea not null,
  sealed_at timestamptz not null
);
revoke update, delete on statement_paper from toguna_run;
