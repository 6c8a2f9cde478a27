-- At the centre: the largest tree that an institution's log has shown under a name, so that a log put back is found out.
create table witnessed (
  institution text not null,
  log         uuid not null,
  origin      text not null,
  size        bigint not null check (size > 0),
  root        bytea not null check (length(root) = 32),
  at          timestamptz not null,
  server      text not null,
  primary key (institution, log, origin)
);
-- On a gateway: an older copy of the log was put back, what was sealed after it is not here. From then on the tree has another
-- name: no two heads of one name contradict each other.
create table epoch (
  origin text primary key,
  at     timestamptz not null,
  size   bigint not null,                   -- leaves when it began
  seen   bigint,                            -- leaves the centre had seen under the name before; null: it was not asked
  why    text not null check (why in ('put-back', 'contradicted', 'by-hand'))
);
-- A restored copy seals nothing until it was compared with what the centre has seen.
create table seal_hold (
  one   boolean primary key default true check (one),
  since timestamptz not null
);
revoke update, delete on epoch from toguna_run;
