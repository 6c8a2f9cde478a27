-- What a site measured in a minute, as deflated JSON: a seventh of what it took as jsonb. Five minutes are kept a week.
truncate raw;
alter table raw drop column body;
alter table raw add column body bytea not null;
do $$
begin
  for i in 8 .. 15 loop
    execute format('drop table network.%I', 'minutes5_' || i);
  end loop;
end $$;
truncate minutes5;
