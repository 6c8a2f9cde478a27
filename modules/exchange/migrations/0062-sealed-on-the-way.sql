-- Contents that wait are sealed like bodies (log/at-rest.ts); rows written before stay readable until they have gone.
alter table hand_request add column answer_sealed bytea;
-- `size`: bytes of the piece as it crosses; null = it lies here as it came.
alter table piece add column size integer;
