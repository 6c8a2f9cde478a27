-- Why does a service or a server not answer? Asked by an official, looked into by a job, kept for a month.
create table diagnosis (
  id          uuid primary key,
  institution text not null,                 -- who asked
  asked       jsonb not null,                -- {service, server, client, purpose}
  at          timestamptz not null,
  ended_at    timestamptz,
  steps       jsonb                          -- [{step, state, cause, detail}]; no value of any message
);
create index on diagnosis (at);
alter table diagnosis enable row level security;
create policy own on diagnosis using (kernel.unscoped() or institution = kernel.institution());
