-- Each side keeps its own rows, written before the answer is released. A row is never changed: an exchange is its request
-- row, and its outcome row once there is one.
create table request (
  exchange    uuid not null,                -- x-road-request-id
  side        text not null check (side in ('client', 'provider')),
  institution text not null,                -- whose row this is
  message_id  text not null,                -- x-road-id
  at          timestamptz not null,
  client      text not null,
  service     text not null,
  method      text not null,
  path        text not null,
  purpose     text not null,
  person      text,
  user_id     text,
  issue       text,
  by_person   boolean not null,             -- answered by a person: its outcome may take days
  expires     timestamptz not null,         -- without an outcome by then, it is unknown
  header_part text not null,
  body_hash   bytea,
  signature   bytea not null,
  serial      text not null,
  fact        uuid,
  primary key (exchange, side)
);
create index on request (institution, at desc);
create index on request (person, at desc) where person is not null;
create index on request (institution, issue) where issue is not null;
create table outcome (
  exchange     uuid not null,
  side         text not null check (side in ('client', 'provider')),
  institution  text not null,
  at           timestamptz not null,
  outcome      text not null check (outcome in ('answered', 'refused', 'failed', 'unknown')),
  error_type   text,
  status       integer,
  milliseconds integer,
  by           text check (by in ('system', 'person')),
  rights       text[],                      -- the agreements that opened the door
  fields       text[],                      -- JSON pointers that held something
  person       text,
  header_part  text,
  body_hash    bytea,
  signature    bytea,
  serial       text,
  fact         uuid,
  primary key (exchange, side),
  foreign key (exchange, side) references request,
  check ((outcome = 'answered') = (signature is not null))
);
create table certificate (
  serial text primary key,
  pem    text not null
);
-- Bodies live apart: erased when their time has come, the proof in the rows above stays whole.
create table body (
  exchange    uuid not null,
  direction   text not null check (direction in ('request', 'response')),
  client_institution   text not null,
  provider_institution text not null,
  bytes       bytea not null,
  erase_after timestamptz not null,
  primary key (exchange, direction)
);
create index on body (erase_after);
-- The same key from the same client is the same question.
create table question (
  client      text not null,
  key         text not null,
  institution text not null,
  digest      bytea not null,
  exchange    uuid not null,
  at          timestamptz not null,
  primary key (client, key)
);
create index on question (at);
create table hand_request (
  id                 uuid primary key,
  exchange           uuid not null unique,
  service            text not null references service,
  institution        text not null,         -- who must answer
  client             text not null,
  client_institution text not null,
  purpose            text not null,
  issue              text,
  person             text,
  query              jsonb not null,        -- [[name, value]], in the order asked
  keep               text[],                -- JSON pointers the client may receive; null = all
  rights             text[] not null,
  state              text not null check (state in ('waiting', 'answered', 'declined', 'delivered', 'expired')),
  asked_at           timestamptz not null,
  expected_by        timestamptz not null,
  lapses_at          timestamptz not null,
  answered_at        timestamptz,
  answered_by        text,
  answer             jsonb,                 -- body to be signed; emptied once delivered
  decline_reason     text,
  check ((state in ('answered', 'declined', 'delivered')) = (answered_at is not null))
);
create index on hand_request (institution, state, expected_by);
create index on hand_request (lapses_at) where state = 'waiting';

revoke update, delete on request, outcome from toguna_run;
revoke update on certificate, body from toguna_run;

alter table request enable row level security;
create policy own on request using (kernel.unscoped() or institution = kernel.institution() or person = kernel.person());
alter table outcome enable row level security;
create policy own on outcome using (kernel.unscoped() or institution = kernel.institution() or person = kernel.person());
alter table body enable row level security;
create policy own on body using (kernel.unscoped() or client_institution = kernel.institution() or provider_institution = kernel.institution());
alter table question enable row level security;
create policy own on question using (kernel.unscoped() or institution = kernel.institution());
alter table hand_request enable row level security;
create policy own on hand_request using (kernel.unscoped() or institution = kernel.institution());
