-- What a person allowed an application, so that she can see it and take it back. `grant_id` as in oidc_item.
create table oidc_consent (
  grant_id bytea primary key,
  account  uuid not null,
  client   text not null references oidc_client,
  scopes   text[] not null,
  at       timestamptz not null
);
create index on oidc_consent (account);
