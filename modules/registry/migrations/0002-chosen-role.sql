-- Whoever has several roles acts in one at a time, chosen for the session.
create table chosen_role (
  session    text primary key,
  account    text not null,
  assignment uuid not null,
  at         timestamptz not null
);
create index on chosen_role (account);
alter table chosen_role enable row level security;
create policy chosen_role_seen on chosen_role using (kernel.unscoped() or account = kernel.account());
