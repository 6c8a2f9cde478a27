-- Who takes part, what is published, who may ask what. No personal data here: it is public, or every auditor's to read.
create table member (
  id           text primary key,            -- INSTANCE/CLASS/MEMBER
  instance     text not null,
  member_class text not null,
  member_code  text not null,
  institution  text not null unique,        -- registry's id
  name         jsonb not null
);
create table subsystem (
  id     text primary key,                  -- INSTANCE/CLASS/MEMBER/SUBSYSTEM
  member text not null references member,
  code   text not null,
  name   jsonb not null,
  groups text[] not null default '{}',
  unique (member, code)
);
create table service (
  id              text primary key,         -- INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE
  subsystem       text not null references subsystem,
  code            text not null,
  institution     text not null,
  kind            text not null check (kind in ('http', 'person')),
  title           jsonb not null,
  base_url        text,
  timeout_seconds integer not null,
  answers_in_days integer,
  lapses_in_days  integer,
  endpoints       jsonb not null,
  query           jsonb not null,
  fields          jsonb not null,
  keep_days       integer not null,
  source          text,
  enabled         boolean not null default true,
  notice          text,
  check ((kind = 'http') = (base_url is not null)),
  check ((kind = 'person') = (answers_in_days is not null))
);
create index on service (institution, code);
create table access_right (
  id       text not null,
  service  text not null references service,
  subject  text not null,                   -- a subsystem, or group:<code>
  methods  text[] not null,
  path     text not null,
  purposes text[] not null,
  fields   text[],                          -- JSON pointers; null = the whole answer
  basis    jsonb not null,
  from_day date not null,
  until_day date,
  primary key (service, id, subject)
);
create index on access_right (subject);
create table purpose (
  code  text primary key,
  label jsonb not null,
  basis jsonb
);
-- Where named outside worlds listen (`sandbox:/…`), and which pack is loaded.
create table base (
  name text primary key,
  url  text not null
);
create table loaded (
  name   text primary key,
  digest bytea not null
);
