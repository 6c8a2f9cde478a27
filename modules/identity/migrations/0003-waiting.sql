-- Questions to the register that wait: few, and looked for every minute.
create index account_waiting on account (asked_at) where asked = 'waiting';
