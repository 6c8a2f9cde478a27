-- Messages that wait for a link, a system or a person. The signed message itself is the log's: request, outcome and body.
alter table service add column stored boolean not null default false;  -- every call of it is answered later

-- The client's side: what its institutions sent and what became of it.
create table outbox (
  exchange     uuid primary key,
  seq          bigint generated always as identity,
  client       text not null,
  institution  text not null,                -- the client's
  message_id   text not null,                -- X-Road-Id
  sameness     bytea not null,               -- the same id with another content is another message, and refused
  digest       bytea not null,               -- of the whole signed message
  service      text not null,
  provider     text not null,                -- institution asked
  reading      boolean not null,
  order_key    text not null,
  priority     smallint not null check (priority between 0 and 2),
  at           timestamptz not null,
  deadline     timestamptz not null,
  state        text not null check (state in ('queued', 'sent', 'received', 'answered', 'refused', 'unknown', 'expired', 'cancelled')),
  sent_at      timestamptz,                  -- first time it left: from then on only the other side knows
  received_at  timestamptz,
  ended_at     timestamptz,
  why          text,                         -- error type of the end, or what holds it up
  cancelled_by text,
  unique (client, message_id),
  check ((state in ('answered', 'refused', 'unknown', 'expired', 'cancelled')) = (ended_at is not null)),
  check (state <> 'queued' or sent_at is null)
);
create index on outbox (provider, seq) where ended_at is null;
create index on outbox (institution, seq desc);
create index on outbox (ended_at) where ended_at is not null;

-- The provider's side: what arrived, whether its system has been called, and whether the client's gateway knows.
create table inbox (
  exchange    uuid primary key,
  seq         bigint generated always as identity,
  via         text not null,                 -- 'here', or the server it came from
  client      text not null,
  client_institution text not null,
  message_id  text not null,
  service     text not null,
  institution text not null,                 -- the provider's
  reading     boolean not null,
  order_key   text not null,
  priority    smallint not null,
  at          timestamptz not null,
  deadline    timestamptz not null,
  header_part text not null,
  body_hash   bytea,
  signature   bytea not null,
  serial      text not null,
  signed_at   timestamptz not null,
  digest      bytea not null,                -- of the whole signed message
  state       text not null check (state in ('waiting', 'calling', 'person', 'answered', 'refused', 'unknown', 'expired')),
  attempts    integer not null default 0,
  next_try    timestamptz,
  why         text,
  ended_at    timestamptz,
  told_at     timestamptz,                   -- the client's side has the end and has said so
  unique (client, message_id),
  check ((state in ('answered', 'refused', 'unknown', 'expired')) = (ended_at is not null))
);
create index on inbox (service, order_key, seq) where state in ('waiting', 'calling');
create index on inbox (via, seq) where told_at is null;
create index on inbox (ended_at) where ended_at is not null;

-- What an institution asked says of messages, signed: received, refused, expired, unknown. Evidence: never changed.
create table statement (
  id          uuid primary key,
  kind        text not null check (kind in ('received', 'refused', 'unknown', 'expired')),
  institution text not null,                 -- who says it
  client_institution text not null,
  at          timestamptz not null,
  text        text not null,
  signature   bytea not null,
  serial      text not null
);
create table statement_of (
  exchange  uuid not null,
  statement uuid not null references statement,
  primary key (exchange, statement)
);
create table statement_due (                 -- what another server has not fetched yet
  statement uuid primary key references statement,
  via       text not null
);
create index on statement_due (via);

-- Links and systems that do not answer: when the next attempt is made, and why not before.
create table way (
  name     text primary key,                 -- server:<id>, service:<id>
  failures integer not null,
  next_try timestamptz,
  why      text,
  since    timestamptz,
  good_at  timestamptz
);

-- Parcels on their way, in pieces: what was acknowledged is not sent again after a cut.
create table parcel (
  id       uuid primary key,
  peer     text not null,
  way_out  boolean not null,
  reply_to uuid,
  size     integer not null,
  holds    jsonb not null,                   -- what is done once the other side has it
  at       timestamptz not null,
  applied  boolean not null default false
);
create index on parcel (peer, at);
create table piece (
  parcel uuid not null references parcel on delete cascade,
  start  integer not null,
  bytes  bytea not null,
  primary key (parcel, start)
);

grant update (erase_after) on body to toguna_run;
revoke update, delete on statement, statement_of from toguna_run;

alter table outbox enable row level security;
create policy own on outbox using (kernel.unscoped() or institution = kernel.institution());
alter table inbox enable row level security;
create policy own on inbox using (kernel.unscoped() or institution = kernel.institution());
alter table statement enable row level security;
create policy own on statement using (kernel.unscoped() or institution = kernel.institution() or client_institution = kernel.institution());
alter table parcel enable row level security;
create policy own on parcel using (kernel.unscoped());
alter table piece enable row level security;
create policy own on piece using (kernel.unscoped());
