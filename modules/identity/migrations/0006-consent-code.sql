-- A code read out at a counter to agree to something.
alter table challenge drop constraint challenge_kind_check, add check (kind in
  ('phone-sign-in', 'phone-change', 'counter', 'consent', 'passkey-sign-in', 'passkey-enrol'));
-- An official asks a person for a consent by her number: her pseudonym, made when there is none; past the policy, and nothing else of her.
create function pseudonym_of(token bytea, fresh uuid, at timestamptz) returns uuid language plpgsql security definer
  set search_path = pg_catalog as $$
begin
  insert into identity.person (id, identity_token, entry, known_at) values (fresh, token, null, at) on conflict (identity_token) do nothing;
  return (select p.id from identity.person p where p.identity_token = token);
end $$;
