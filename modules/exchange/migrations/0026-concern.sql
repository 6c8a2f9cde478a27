-- People named by a program's question or by a register's answer: each sees the exchange on her own page.
create table concern (
  exchange    uuid not null,
  person      text not null,
  institution text not null,                  -- whose register answered
  at          timestamptz not null,
  client      text not null,
  service     text not null,
  purpose     text not null,
  issue       text,
  fields      text[] not null,
  fact        uuid not null,
  primary key (exchange, person)
);
create index on concern (person, at desc);
revoke update, delete on concern from toguna_run;
alter table concern enable row level security;
create policy own on concern using (kernel.unscoped() or institution = kernel.institution() or person = kernel.person());
