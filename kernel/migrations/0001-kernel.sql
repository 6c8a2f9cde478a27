-- What row-level security asks: who is in this transaction? Set by the kernel at begin, empty when unknown.
create function person() returns text language sql stable leakproof parallel safe
  as $$ select nullif(current_setting('toguna.person', true), '') $$;
create function institution() returns text language sql stable leakproof parallel safe
  as $$ select nullif(current_setting('toguna.institution', true), '') $$;
create function unscoped() returns boolean language sql stable leakproof parallel safe
  as $$ select current_setting('toguna.unscoped', true) = 'on' $$;

-- A fact: its canonical header is what the ledger's leaf covers; data and salt live apart and may be erased.
create table fact (
  seq         bigint generated always as identity primary key,
  id          uuid not null unique,
  at          timestamptz not null,
  type        text not null,
  subject     text not null,
  institution text,
  actor       text not null,
  header      text not null,
  data_hash   bytea not null
);
create index on fact (subject, seq desc);
create index on fact (institution, seq desc) where institution is not null;
create index on fact (type, seq desc);
create table fact_data (
  fact uuid primary key,
  salt bytea not null,
  data jsonb not null
);
-- Committed facts that wait for the sealer.
create table unsealed (seq bigint primary key);
-- The ledger's order: a leaf index is given after the commit, so it is not the fact's seq.
create table leaf (
  index bigint primary key,
  fact  uuid not null unique
);
revoke update, delete on fact, leaf from toguna_run;
-- data may be erased (the law of data protection), never rewritten
revoke update on fact_data from toguna_run;

-- The answer to a command, kept in the command's own transaction: a repeat gets the same answer.
create table answer (
  key      text not null,
  caller   text not null,
  contract text not null,
  input    bytea not null,
  output   jsonb,
  at       timestamptz not null,
  primary key (caller, key)
);
create index on answer (at);
