-- When this side saw what, and how large the bodies were: {requestIn, requestOut, responseIn} in milliseconds, {requestBody, responseBody}
-- in bytes. For operational monitoring; no part of what is signed.
alter table outcome add column measured jsonb;
create index on outcome (at);
