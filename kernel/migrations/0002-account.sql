-- Whose session is it? A policy may let an account see its own rows wherever it acts.
create function account() returns text language sql stable leakproof parallel safe
  as $$ select nullif(current_setting('toguna.account', true), '') $$;
