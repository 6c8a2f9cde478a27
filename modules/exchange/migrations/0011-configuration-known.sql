-- What the client's side knew of the directory when it signed: {"version", "age" in seconds}; null = it is the directory.
alter table request add column configuration jsonb;
