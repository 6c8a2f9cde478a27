-- Applications that sign people in with us.
create table oidc_client (
  id            text primary key,
  institution   text not null,
  name          jsonb not null,
  purpose       jsonb not null,
  redirect_uris text[] not null,
  scopes        text[] not null,
  level         text not null check (level in ('low', 'substantial', 'high')),
  -- the protocol compares secrets itself, so the secret is sealed, not hashed; null for public clients
  secret        bytea,
  created_at    timestamptz not null,
  retired_at    timestamptz
);
create index on oidc_client (institution);

-- What oidc-provider keeps: sessions, interactions, grants, codes, tokens. Ids are found by hash and payloads are
-- sealed: who reads this table holds no token.
create table oidc_item (
  model       text not null,
  id          bytea not null,
  payload     bytea not null,
  grant_id    bytea,
  uid         bytea,
  expires_at  timestamptz,
  consumed_at timestamptz,
  primary key (model, id)
);
create index on oidc_item (grant_id) where grant_id is not null;
create index on oidc_item (uid) where uid is not null;
create index on oidc_item (expires_at);

-- What the person answered, valid for the session that answered and nobody else.
create table oidc_answer (
  interaction text primary key,
  session     uuid not null,
  decision    text not null check (decision in ('allow', 'refuse')),
  at          timestamptz not null
);

create table oidc_key (
  kid        text primary key,
  sealed     bytea not null,
  created_at timestamptz not null,
  retired_at timestamptz
);
