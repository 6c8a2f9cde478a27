-- What a reconciler keeps in step with the outside: one row a key. The fence grows with every lease, so that a driver can
-- tell a controller that came back from the dead.
create table reconciled (
  kind        text not null,
  key         text not null,
  -- null: it shall not exist
  desired     jsonb,
  generation  bigint not null,
  status      text not null check (status in ('new', 'in-step', 'changing', 'repairing', 'waiting', 'held')),
  problem     text,
  fence       bigint not null,
  lease_until timestamptz,
  attempts    integer not null,
  next_at     timestamptz not null,
  -- last seen as desired
  seen_at     timestamptz,
  primary key (kind, key)
);
create index on reconciled (kind, next_at);

-- One change of one key, or one repair of it.
create table operation (
  id         uuid primary key,
  seq        bigint generated always as identity unique,
  kind       text not null,
  key        text not null,
  cause      text not null check (cause in ('change', 'undo', 'drift')),
  state      text not null check (state in ('STARTING', 'PROCESSING', 'COMPLETED', 'FAILED_TEMP', 'ROLLING_BACK', 'ROLLED_BACK', 'FAILED')),
  -- on the way back to `previous`
  back       boolean not null,
  -- asked to stop after the step under way
  stop       boolean not null,
  desired    jsonb,
  -- what was desired when it began
  previous   jsonb,
  generation bigint,
  -- what it belongs to, in the words of the module that asked
  ref        text,
  label      text not null,
  asked_by   text not null,
  asked_at   timestamptz not null,
  started_at timestamptz,
  ended_at   timestamptz,
  problem    text,
  foreign key (kind, key) references reconciled (kind, key)
);
create unique index operation_one_at_a_time on operation (kind, key) where state in ('PROCESSING', 'FAILED_TEMP', 'ROLLING_BACK');
create index on operation (kind, key, seq desc);
create index on operation (ref, seq) where ref is not null;

-- The journal: the intent is written before a step, the receipt after it.
create table operation_step (
  operation       uuid not null references operation (id) on delete cascade,
  number          integer not null,
  back            boolean not null,
  step            jsonb not null,
  idempotency_key text not null unique,
  fence           bigint not null,
  attempts        integer not null,
  intent_at       timestamptz not null,
  receipt         jsonb,
  receipt_at      timestamptz,
  problem         text,
  primary key (operation, number)
);
