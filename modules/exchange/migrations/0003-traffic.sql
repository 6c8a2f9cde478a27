-- What passed between whom, and how it ended: no person, no case, no query. Auditors and operators read it across institutions.
create table traffic (
  exchange             uuid primary key,
  at                   timestamptz not null,
  client               text not null,
  client_institution   text not null,
  service              text not null,
  provider_institution text not null,
  method               text not null,
  purpose              text not null,
  outcome              text not null check (outcome in ('answered', 'refused', 'failed', 'unknown')),
  error_type           text,
  status               integer,
  by                   text,
  milliseconds         bigint not null
);
create index on traffic (at desc, exchange desc);
create index on traffic (client_institution, at desc);
create index on traffic (provider_institution, at desc);
revoke update, delete on traffic from toguna_run;
