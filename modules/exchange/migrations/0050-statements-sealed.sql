-- What institutions say of messages that waited (received, refused, unknown, expired), signed, is evidence too: a leaf each.
alter table waiting drop constraint waiting_kind_check;
alter table waiting add check (kind in ('request', 'outcome', 'statement'));
create function await_statement_seal() returns trigger language plpgsql as $$
begin
  insert into exchange.waiting (exchange, side, kind) select id, 'provider', 'statement' from added;
  return null;
end $$;
create trigger await_seal after insert on statement referencing new table as added for each statement execute function await_statement_seal();
insert into waiting (exchange, side, kind) select id, 'provider', 'statement' from statement order by at, id;
