-- Certificates of exchange servers (tls) and of the key that signs the exchange's configuration.
alter table certificate drop constraint certificate_kind_check;
alter table certificate add constraint certificate_kind_check
  check (kind in ('root', 'issuing', 'seal', 'person', 'tsa', 'ocsp', 'ledger', 'anchor', 'intermediate', 'tls', 'configuration'));
-- TLS keys cannot stay behind the keys port: the TLS library wants them in memory. They rest sealed under the installation's secret.
create table tls_key (
  id          uuid primary key,
  subject     text not null,                -- the server's identifier
  csr         bytea not null,
  nonce       bytea not null check (length(nonce) = 12),
  sealed      bytea not null,               -- PKCS#8 under AES-256-GCM, the tag at its end
  created_at  timestamptz not null,
  certificate uuid references certificate (id),
  certified_at timestamptz,
  check ((certificate is null) = (certified_at is null))
);
create index on tls_key (subject, created_at desc);
