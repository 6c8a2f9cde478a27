-- Who speaks for a site: its agent's public key and what it last told. Reports replace each other; the number only grows.
create table agent (
  node        text primary key,
  public_key  text not null,
  enrolled_at timestamptz not null,
  enrolled_by text not null,
  sequence    bigint not null,
  seen_at     timestamptz,
  report      jsonb
);
-- Public WireGuard keys by slot, as their nodes told them. Private ones never leave their site.
create table overlay_key (
  node       text not null,
  slot       smallint not null check (slot in (0, 1)),
  public_key text not null,
  learned_at timestamptz not null,
  primary key (node, slot)
);
-- One row: is the plant carried out at all, by which slot do tunnels send, is a change of keys under way?
create table fabric (
  one        boolean primary key default true check (one),
  in_service boolean not null,
  slots      smallint[] not null,
  sends      smallint not null,
  phase      text check (phase in ('prepare', 'switch', 'retire')),
  rotation   integer not null,
  phase_at   timestamptz,
  -- where agents call in this house
  port       integer,
  house_key  text
);
insert into fabric (in_service, slots, sends, rotation) values (false, '{0}', 0, 0);
