-- Servers of one institution that share this database: each its own line, by the place of its keys ('' = the only one).
alter table joined drop constraint joined_pkey;
alter table joined drop column one;
alter table joined add column place text not null default '' primary key;
-- This log's own number, and what proves that a program that opens it holds its secrets.
create table log_identity (
  one    boolean primary key default true check (one),
  id     uuid not null,
  secret bytea not null check (length(secret) = 32)
);
-- Which servers answer from one log: what one of them has taken, the others have.
alter table server add column log uuid;
alter table invitation add column log uuid;
