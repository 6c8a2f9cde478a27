-- What members, subsystems and services of other instances were called when we last heard of them: the log names them years later.
create table foreign_name (
  id    text primary key,
  name  jsonb not null,
  heard timestamptz not null
);
revoke delete on foreign_name from toguna_run;
