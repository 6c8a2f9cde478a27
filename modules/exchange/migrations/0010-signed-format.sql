-- What a signature covers: 'hashes' = SHA-512 of the header part, then of the body; 'xades' = the canonical SignedInfo that
-- an ASiC-E container of the same message carries, with its signing time.
alter table request add column format text not null default 'hashes' check (format in ('hashes', 'xades'));
alter table request add column signed_at timestamptz;
alter table outcome add column format text not null default 'hashes' check (format in ('hashes', 'xades'));
alter table outcome add column signed_at timestamptz;
alter table request add check ((format = 'xades') = (signed_at is not null));
alter table outcome add check ((format = 'xades') = (signed_at is not null));
-- Counts every change of the directory: what gateways hold in memory is as good as this number.
create table directory_version (
  one     boolean primary key default true check (one),
  version bigint not null
);
insert into directory_version (version) values (1);
create function changed() returns trigger language plpgsql as $$
begin
  update exchange.directory_version set version = version + 1;
  return null;
end $$;
create trigger changed after insert or update or delete or truncate on member for each statement execute function changed();
create trigger changed after insert or update or delete or truncate on subsystem for each statement execute function changed();
create trigger changed after insert or update or delete or truncate on service for each statement execute function changed();
create trigger changed after insert or update or delete or truncate on access_right for each statement execute function changed();
create trigger changed after insert or update or delete or truncate on base for each statement execute function changed();
