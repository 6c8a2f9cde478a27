-- Exchange servers: the house itself once there is another, and the gateways of institutions. On a gateway the same tables
-- hold what the centre's configuration says.
create table server (
  id          text primary key,             -- INSTANCE/CLASS/MEMBER/CODE; the house: INSTANCE/CENTRE
  institution text,                         -- whose it is; null for the house
  address     text not null,                -- host:port of its server port
  centre      boolean not null,
  since       timestamptz not null,
  retired_at  timestamptz,
  check (centre = (institution is null))
);
create unique index on server (centre) where centre;
-- Whose systems it answers for. What nobody answers for, the house does.
create table server_member (
  server      text not null references server on delete cascade,
  institution text not null,
  primary key (server, institution)
);
create index on server_member (institution);
-- At the centre: when a server was last heard, and which configuration it then had.
create table server_seen (
  server  text primary key references server on delete cascade,
  at      timestamptz not null,
  version bigint
);
-- At the centre: an invitation, the request that answers it, and who decided.
create table invitation (
  id          uuid primary key,
  server      text not null,
  institution text not null,
  token_hash  bytea not null check (length(token_hash) = 32),
  invited_by  text not null,
  invited_at  timestamptz not null,
  expires_at  timestamptz not null,
  -- open: nobody answered yet; waiting: a server asked, nobody decided; approved: certificates are being made
  state       text not null check (state in ('open', 'waiting', 'approved', 'joined', 'refused', 'withdrawn')),
  address     text,
  tls_request text,
  seal_request text,
  asked_at    timestamptz,
  decided_by  text,
  decided_at  timestamptz,
  reason      text,
  tls_certificate  text,
  seal_certificate text,
  -- the second person is another one
  check (decided_by is null or decided_by <> invited_by),
  check ((state in ('approved', 'joined')) <= (decided_by is not null)),
  check ((state in ('waiting', 'approved', 'joined')) <= (tls_request is not null and address is not null)),
  check ((state = 'joined') = (tls_certificate is not null))
);
create unique index on invitation (server) where state in ('open', 'waiting', 'approved');
-- Every version of the directory as distributed; the centre writes them, a gateway keeps those it applied.
create table configuration (
  version    bigint primary key,
  issued_at  timestamptz not null,
  content    bytea not null check (length(content) = 32),   -- SHA-256 of what it says, without version and time
  sha256     bytea not null check (length(sha256) = 32),    -- of the document
  document   bytea not null
);
-- On a gateway: the last word of the centre that its version is the newest, signed.
create table configuration_head (
  one         boolean primary key default true check (one),
  version     bigint not null,
  at          timestamptz not null,
  head        text not null,
  signature   bytea not null,
  certificate text not null,
  received_at timestamptz not null
);
-- On a gateway: which centre it belongs to.
create table joined (
  one          boolean primary key default true check (one),
  centre       text not null,
  anchor       text not null,               -- SHA-256 of the root its joining token named
  invitation   uuid not null,
  secret       text not null,               -- of the token; emptied once joined
  address      text not null,
  tls_request  uuid not null,
  seal_request uuid,
  tls_csr      text not null,
  seal_csr     text,
  server       text,
  institution  text,
  name         text,
  joined_at    timestamptz,
  check ((joined_at is null) = (server is null))
);
-- Days a class of data may be exchanged on a configuration that was not confirmed since.
create table offline_policy (
  data_class text primary key,
  days       integer not null check (days between 0 and 365)
);
insert into offline_policy (data_class, days) values ('ordinary', 7);
alter table service add column data_class text not null default 'ordinary';
revoke update, delete on configuration from toguna_run;
create trigger changed after insert or update or delete or truncate on server for each statement execute function changed();
create trigger changed after insert or update or delete or truncate on server_member for each statement execute function changed();
create trigger changed after insert or update or delete or truncate on offline_policy for each statement execute function changed();
