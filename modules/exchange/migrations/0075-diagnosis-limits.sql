-- Who had it looked into: one person may ask so many times a minute, and one institution.
alter table diagnosis add column account text not null default '';
create index on diagnosis (institution, at desc);
