-- Bundles a courier carried: what came is remembered, so that a bundle brought twice does nothing twice; what left is settled
-- when the other side says that it has it.
create table bundle (
  id       uuid not null,
  peer     text not null,
  way_out  boolean not null,
  at       timestamptz not null,            -- as its header says
  holds    jsonb not null,
  imported_at timestamptz,
  told     boolean not null default false,  -- the other side knows that it came
  primary key (id, way_out)
);
create index on bundle (peer, at);
alter table bundle enable row level security;
create policy own on bundle using (kernel.unscoped());
