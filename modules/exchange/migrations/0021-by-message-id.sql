-- Evidence is asked for by the number the client gave its message.
create index on request (message_id);
