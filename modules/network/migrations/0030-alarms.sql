-- One alarm a cause (RFC 8632: an entry of the alarm list). It is revised while evidence comes, and cleared once; what
-- comes back soon after is the same alarm with one occurrence more.
create table alarm (
  id          uuid primary key,
  kind        text not null check (kind in ('cut', 'link-down', 'node-down', 'power', 'loss', 'delay', 'saturation', 'optical', 'silent-agent')),
  -- the span, duct, device or node that most likely fails
  element     text not null,
  severity    text not null check (severity in ('critical', 'major', 'minor', 'warning')),
  began       timestamptz not null,
  raised_at   timestamptz not null,
  changed_at  timestamptz not null,
  -- the evidence is gone since then, and may come back
  quiet_since timestamptz,
  ended       timestamptz,
  occurrences integer not null default 1,
  -- in words, fr and en
  explanation jsonb not null,
  -- other causes that would look the same: [{kind, element}]
  others      jsonb not null,
  -- what was seen: spans down, agents not heard
  spans       text[] not null,
  silent      text[] not null,
  simulated   boolean not null,
  -- announced work under which it falls
  work        text,
  -- the alarm that turned out to have the same cause
  merged_into uuid references alarm (id)
);
create unique index on alarm (kind, element) where ended is null;
create index on alarm (began);
create index on alarm (ended) where ended is not null;
-- The status change list of RFC 8632: append-only.
create table alarm_change (
  alarm       uuid not null references alarm (id),
  number      integer not null,
  at          timestamptz not null,
  what        text not null check (what in ('raised', 'cause', 'severity', 'sites', 'again', 'planned', 'merged', 'cleared')),
  kind        text not null,
  element     text not null,
  severity    text not null,
  sites       integer not null,
  primary key (alarm, number)
);
revoke update, delete on alarm_change from toguna_run;
revoke delete on alarm from toguna_run;
-- When a place was without network by which alarm; two alarms of one place may overlap.
create table outage (
  alarm uuid not null references alarm (id),
  node  text not null,
  -- the registry's site on it
  site  text,
  began timestamptz not null,
  ended timestamptz,
  primary key (alarm, node, began)
);
create index on outage (site, began);
create index on outage (node, began);
