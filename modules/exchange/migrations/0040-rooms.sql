-- Rooms (GovStack PubSub 2.0): a subsystem whose services the exchange itself answers. Events are kept until each subscriber has
-- acknowledged them or their time is over; then only who got what, and when, remains.
alter table service drop constraint service_kind_check;
alter table service add constraint service_kind_check check (kind in ('http', 'person', 'view', 'file', 'room'));

create table event_type (
  room        text not null references subsystem,
  code        text not null,
  institution text not null,                 -- the room's
  version     text not null,
  title       text not null,
  schema      jsonb,                         -- JSON Schema of the event; null = any JSON
  last        bigint not null default 0,     -- sequence of the last event
  origin      text not null check (origin in ('pack', 'room')),
  retired_at  timestamptz,
  primary key (room, code)
);
create table subscription (
  id          uuid primary key,
  room        text not null,
  type        text not null,
  institution text not null,
  subscriber  text not null,                 -- INSTANCE/CLASS/MEMBER/SUBSYSTEM
  delivery    text not null check (delivery in ('PUSH', 'PULL')),
  service     text,                          -- PUSH: which service of the subscriber is called
  ttl         integer not null check (ttl between 1 and 2592000),
  fifo        boolean not null,
  since       timestamptz not null,
  ended_at    timestamptz,
  foreign key (room, type) references event_type,
  check ((delivery = 'PUSH') = (service is not null))
);
create unique index on subscription (room, type, subscriber) where ended_at is null;
create table event (
  id          uuid primary key,
  room        text not null,
  type        text not null,
  institution text not null,
  sequence    bigint not null,
  publisher   text not null,
  message_id  text not null,                 -- X-Road-Id of the publication: the same one is the same event
  exchange    uuid not null,                 -- the signed message that brought it
  at          timestamptz not null,
  body        jsonb,                         -- null once nobody waits for it
  withdrawn_at timestamptz,
  unique (room, type, sequence),
  unique (room, publisher, message_id),
  foreign key (room, type) references event_type
);
create index on event (at) where body is not null;
create table event_delivery (
  subscription uuid not null references subscription,
  event       uuid not null references event,
  institution text not null,
  sequence    bigint not null,
  state       text not null check (state in ('waiting', 'acknowledged', 'expired', 'withdrawn')),
  expires     timestamptz not null,
  next_at     timestamptz not null,          -- PUSH: next try; PULL: not shown again before
  attempts    integer not null default 0,
  ended_at    timestamptz,
  why         text,                          -- what the last try met
  exchange    uuid,                          -- PUSH: the exchange that delivered it
  primary key (subscription, event),
  check ((state = 'waiting') = (ended_at is null))
);
create index on event_delivery (subscription, sequence) where state = 'waiting';
create index on event_delivery (next_at) where state = 'waiting';
create index on event_delivery (event);

alter table event_type enable row level security;
create policy own on event_type using (kernel.unscoped() or institution = kernel.institution());
alter table subscription enable row level security;
create policy own on subscription using (kernel.unscoped() or institution = kernel.institution());
alter table event enable row level security;
create policy own on event using (kernel.unscoped() or institution = kernel.institution());
alter table event_delivery enable row level security;
create policy own on event_delivery using (kernel.unscoped() or institution = kernel.institution());
