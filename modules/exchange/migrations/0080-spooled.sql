-- A service whose system gets a large question only once the whole of it is here and verified.
alter table service add column spooled boolean not null default false;
