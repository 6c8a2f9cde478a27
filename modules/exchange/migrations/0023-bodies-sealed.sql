-- Bodies are kept under a key that is not in the database: AES-256-GCM, nonce (12), ciphertext, tag (16). Older rows lapse by retention.
alter table body add column sealed boolean not null default false;
