-- Left the country pack: closed whatever its institution says, open again as it was when it comes back.
alter table service add column withdrawn boolean not null default false;
update service set withdrawn = true, enabled = true, notice = null where notice = 'withdrawn';
