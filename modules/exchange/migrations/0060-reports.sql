-- At the house: which reads of people other servers have reported, each once; `persons` limits how many one server names in an hour.
create table report (
  exchange uuid not null,
  service  text not null,
  server   text not null,
  at       timestamptz not null,
  digest   bytea not null,                   -- SHA-256 of what was reported: said again is no news, said otherwise is refused
  persons  integer not null,
  primary key (exchange, service)
);
create index on report (server, at);
revoke update on report from toguna_run;
