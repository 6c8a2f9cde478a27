-- Minutes of a day (UTC) in which a place was really measured, a bit each: what is not known is not up.
create table coverage (
  node    text not null,
  day     date not null,
  minutes bytea not null check (length(minutes) = 180),
  primary key (node, day)
);
create index on coverage (day);
