create table payment (
  id                 uuid primary key,
  reference          text not null unique,
  case_id            uuid not null references case_file,
  state              text not null,
  operator           text not null,
  phone              text not null,
  otp                text,                 -- erased as soon as the operator was asked
  amount             integer not null check (amount > 0),
  lines              jsonb not null,       -- what it pays, to whom, as of its start
  reason             text,
  operator_reference text,
  created_at         timestamptz not null,
  asked_at           timestamptz,
  settled_at         timestamptz,
  received           integer,              -- what really came
  polls              integer not null default 0,
  next_poll_at       timestamptz,
  expires_at         timestamptz not null,
  refund_why         text,
  refund_reference   text,
  refunded_at        timestamptz,
  refund_tries       integer not null default 0,
  next_refund_at     timestamptz
);
create index on payment (case_id, created_at);
create index on payment (next_poll_at) where next_poll_at is not null;
create index on payment (next_refund_at) where next_refund_at is not null;
-- one attempt at a time: a second one may start only when no answer to the first can still come
create unique index one_open_payment on payment (case_id) where state in ('created', 'asked', 'pending', 'outcome-unknown');
alter table payment enable row level security;
create policy payment_access on payment using (exists (select 1 from case_file c where c.id = case_id));

-- Double entry: each booking's lines sum to zero. No names here, and nothing is ever changed.
create table ledger_entry (
  id      bigint generated always as identity primary key,
  booking uuid not null,
  payment uuid not null,
  kind    text not null,
  account text not null,
  amount  bigint not null,
  at      timestamptz not null
);
-- one booking of a kind a payment: a repeated answer cannot book twice
create unique index once_a_payment on ledger_entry (payment, kind, account);
create index on ledger_entry (account);
revoke update, delete on ledger_entry from toguna_run;

create table receipt_counter (
  institution text not null,
  year        integer not null,
  last        integer not null,
  primary key (institution, year)
);
create table receipt (
  institution text not null,
  year        integer not null,
  serial      integer not null,
  case_id     uuid not null unique references case_file,
  payment     uuid not null unique references payment,
  at          timestamptz not null,
  total       integer not null,
  lines       jsonb not null,
  file        text,
  primary key (institution, year, serial)
);
alter table receipt enable row level security;
create policy receipt_access on receipt using (exists (select 1 from case_file c where c.id = case_id));

-- Lines of operators' statements that match no payment of ours.
create table unmatched (
  operator           text not null,
  operator_reference text not null,
  reference          text,
  amount             integer not null,
  at                 timestamptz not null,
  seen_at            timestamptz not null,
  primary key (operator, operator_reference)
);

-- What reconciliation needs and nothing else: no phone, no person, past row-level security by the owner of the tables.
create function payments_to_reconcile(only_findings boolean)
returns table (reference text, number text, state text, operator text, amount integer, created_at timestamptz, settled_at timestamptz,
               operator_reference text, refund_why text, refunded_at timestamptz)
language sql stable security definer set search_path = services as $$
  select p.reference, c.number, p.state, p.operator, p.amount, p.created_at, p.settled_at, p.operator_reference, p.refund_why, p.refunded_at
  from payment p join case_file c on c.id = p.case_id
  where not only_findings or p.state in ('created', 'asked', 'pending', 'outcome-unknown') or p.refund_why is not null
  order by (p.state in ('created', 'asked', 'pending', 'outcome-unknown') or (p.refund_why is not null and p.refunded_at is null)) desc,
    p.created_at desc
  limit 300
$$;
