-- Which file is whose. Contents are on disk under `blob`; several rows may share one.
create table file (
  id          uuid primary key,
  blob        text not null,
  sha256      bytea not null,
  size        integer not null,
  media_type  text not null,
  name        text,
  person      text,
  institution text,
  created_at  timestamptz not null,
  keep_until  timestamptz
);
create index on file (blob);
create index on file (person) where person is not null;
create index on file (institution, created_at desc);
create index on file (keep_until) where keep_until is not null;

alter table file enable row level security;
create policy own on file
  using (kernel.unscoped() or institution = kernel.institution() or person = kernel.person())
  with check (kernel.unscoped() or institution = kernel.institution() or person = kernel.person());
-- A file never changes: another content is another file.
revoke update on file from toguna_run;
