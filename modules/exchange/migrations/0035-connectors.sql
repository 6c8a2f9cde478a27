-- A service may be a view of its institution's database, or the lines of a file dropped each night.
alter table service drop constraint service_kind_check;
alter table service add constraint service_kind_check check (kind in ('http', 'person', 'view', 'file'));
-- Which table, which columns, which connection (by name: its address and password are settings). Stays in this program: never in the
-- configuration that gateways share.
create table connector (
  service     text primary key references service on delete cascade,
  institution text not null,
  definition  jsonb not null,
  origin      text not null check (origin in ('pack', 'registered')),
  changed_at  timestamptz not null
);
create trigger changed after insert or update or delete or truncate on connector for each statement execute function changed();
-- How its last question ended, where that was trouble; gone when a question was answered again.
create table connector_trouble (
  service text primary key references connector on delete cascade,
  cause   text not null,
  since   timestamptz not null,
  last    timestamptz not null
);
-- A file in the folder, and since when it has not changed: one that is still being written is left alone.
create table drop_seen (
  service  text not null references connector on delete cascade,
  name     text not null,
  size     bigint not null,
  modified timestamptz not null,
  since    timestamptz not null,
  primary key (service, name)
);
-- Each file that was looked at: loading, in force (the newest `whole`), or refused as a whole.
create table drop_generation (
  id          bigint generated always as identity primary key,
  service     text not null references connector on delete cascade,
  institution text not null,
  name        text not null,
  size        bigint not null,
  modified    timestamptz not null,
  as_of       timestamptz not null,             -- what the data is of: the day in its name, else the file's time
  state       text not null check (state in ('loading', 'whole', 'replaced', 'refused')),
  began_at    timestamptz not null,
  ended_at    timestamptz,
  rows        integer,
  digest      bytea,                            -- of the values, in the order of the file
  cause       text,                             -- of a refusal
  fault_count integer not null default 0,
  faults      jsonb not null default '[]',      -- [{line, column, fault}], the first 1000; never a value
  check ((state in ('loading')) = (ended_at is null)),
  check ((state = 'refused') = (cause is not null))
);
create index on drop_generation (service, began_at desc);
create unique index on drop_generation (service) where state = 'whole';
create unique index on drop_generation (service) where state = 'loading';
-- Lines of generations in force and loading. `key`: value of the first required parameter; `asked`: of all parameters.
create table drop_row (
  generation  bigint not null,
  institution text not null,
  key         text not null,
  asked       jsonb not null,
  data        jsonb not null
);
create index on drop_row (generation, key);
alter table drop_row enable row level security;
create policy own on drop_row using (kernel.unscoped() or institution = kernel.institution());
