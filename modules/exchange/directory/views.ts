import { type Context, type Lang, say } from "#kernel";
import type { FieldView, MemberView, RightView, ServiceView } from "../api.ts";
import type { Right } from "../access/rules.ts";
import type { FieldSpec } from "../pack.ts";
import type { membersList, Purpose, Service } from "./store.ts";
import type { Text } from "#kernel";

export const fieldView = (f: FieldSpec, lang: Lang): FieldView => ({
  name: f.name,
  label: say(f.label, lang),
  type: f.type ?? "text",
  required: f.required ?? false,
  ...(f.options ? { options: f.options.map((o) => ({ value: o.value, label: say(o.label, lang) })) } : {}),
});

export const memberView = (ctx: Context, m: Awaited<ReturnType<typeof membersList>>[number]): MemberView => ({
  id: m.id,
  name: ctx.say(m.name),
  memberClass: m.memberClass,
  institution: m.institution,
  subsystems: m.subsystems.map((s) => ({ id: s.id, name: ctx.say(s.name), ...(s.groups.length > 0 ? { groups: s.groups } : {}) })),
});

export const serviceView = (ctx: Context, s: Service, names: ReadonlyMap<string, Text>): ServiceView => {
  const name = names.get(s.institution);
  return {
    id: s.id,
    title: ctx.say(s.title),
    kind: s.kind,
    provider: { institution: s.institution, name: name ? ctx.say(name) : s.institution },
    enabled: s.enabled,
    ...(s.notice === null ? {} : { notice: s.notice }),
    ...(s.answersInDays === null ? {} : { answersInDays: s.answersInDays }),
    endpoints: s.endpoints,
    query: s.query.map((q) => q.name),
    fields: s.fields.map((f) => fieldView(f, ctx.lang)),
    ...(s.source === null ? {} : { source: s.source }),
  };
};

export const rightView = (ctx: Context, r: Right & { basis: Text }, purposes: ReadonlyMap<string, Purpose>): RightView => ({
  id: r.id,
  service: r.service,
  subject: r.subject,
  methods: [...r.methods],
  path: r.path,
  purposes: r.purposes.map((code) => {
    const purpose = purposes.get(code);
    return { code, label: purpose ? ctx.say(purpose.label) : code };
  }),
  ...(r.fields === null ? {} : { fields: [...r.fields] }),
  basis: ctx.say(r.basis),
  from: r.from,
  ...(r.until === null ? {} : { until: r.until }),
  ...(r.consent == null ? {} : { consentDays: r.consent }),
});
