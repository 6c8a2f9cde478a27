-- The number of an exchange is chosen on its client's side: one used at a second register must not hide what that one answered.
alter table concern drop constraint concern_pkey, add primary key (exchange, person, service);
