-- A register's answer may name somebody who never signed in: she gets her pseudonym now, and finds the read when she comes.
alter table person alter column entry drop not null;
