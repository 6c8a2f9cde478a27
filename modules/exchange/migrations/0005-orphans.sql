-- The sweep for requests without an outcome looks only at what expired since its last look.
create index on request (expires) where not by_person;
create table watermark (
  name text primary key,
  at   timestamptz not null
);
