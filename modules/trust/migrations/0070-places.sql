-- Where a certificate's key lives. With a key: which of the key stores that share this database holds it ('' = the only one).
-- Without: the exchange server that holds it, as far as it is known ('' = not known).
alter table certificate add column place text not null default '';
drop index certificate_current;
create unique index certificate_current on certificate (kind, subject, place) where retired_at is null and key is not null;
