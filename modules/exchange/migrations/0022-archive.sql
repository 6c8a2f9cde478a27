-- Rows that an archive file holds leave the log. Only the owner of the tables may do it, and only for what is old, ended and
-- under a time stamp: their leaves stay.
create function drop_archived(wanted uuid[], before timestamptz) returns integer language plpgsql set search_path = '' as $$
declare dropped integer;
begin
  if exists (
    select from exchange.request r
      left join exchange.outcome o on o.exchange = r.exchange and o.side = r.side
      left join exchange.leaf l on l.exchange = r.exchange and l.side = r.side and l.kind = 'outcome'
    where r.exchange = any (wanted)
      and (o.exchange is null or r.at >= before or o.at >= before or l.index is null
        or l.index >= (select coalesce(max(head_size), 0) from exchange.stamp))) then
    raise exception 'a row to be dropped is too young, unfinished or not under a time stamp';
  end if;
  delete from exchange.outcome where exchange = any (wanted);
  delete from exchange.request where exchange = any (wanted);
  get diagnostics dropped = row_count;
  return dropped;
end $$;
revoke execute on function drop_archived(uuid[], timestamptz) from public;
