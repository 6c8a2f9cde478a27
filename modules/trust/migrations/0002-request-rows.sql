-- A request names an official as a certificate does: the same rule.
alter table certificate_request enable row level security;
create policy institutions on certificate_request
  using (kernel.unscoped() or kind <> 'person' or institution = kernel.institution())
  with check (kernel.unscoped() or kind <> 'person' or institution = kernel.institution());
