/** What each class of institution is promised: countries/<cc>/network/service-levels.json, every figure with a default. */
import { packSection, T, type Context, type Static } from "#kernel";

const Words = T.Object({ fr: T.String({ minLength: 1 }), en: T.String({ minLength: 1 }) }, { additionalProperties: T.String() });
const Percent = T.Number({ minimum: 0, maximum: 100 });
const Hours = T.Number({ minimum: 0, maximum: 8766 });
const TermsFile = T.Object({
  name: Words,
  target: T.Optional(Percent),
  responseHours: T.Optional(Hours),
  repairHours: T.Optional(Hours),
  fee: T.Optional(T.Integer({ minimum: 0, maximum: 1_000_000_000, description: "A site and month, whole units of the currency" })),
  credits: T.Optional(T.Array(T.Object({ below: Percent, percent: Percent }), { maxItems: 12 })),
  lateRepair: T.Optional(Percent),
  cap: T.Optional(Percent),
  worksHours: T.Optional(Hours),
  worksNoticeHours: T.Optional(Hours),
});
const File = T.Object({
  notice: Words,
  illustrative: T.Boolean(),
  sources: T.Array(T.Object({ title: T.String(), date: T.Optional(T.String()), reliability: T.String() })),
  classes: T.Record(T.String({ pattern: "^[a-z][a-z-]{0,39}$" }), TermsFile),
  /** Kind of institution of the registry to class; `*` for the rest. */
  kinds: T.Record(T.String(), T.String()),
  institutions: T.Optional(T.Record(T.String(), T.String())),
  works: T.Optional(T.Object({ noticeDays: T.Optional(T.Integer({ minimum: 0, maximum: 60 })) })),
  tickets: T.Optional(
    T.Object({
      severities: T.Optional(T.Array(T.Enum(["critical", "major", "minor", "warning"]))),
      afterSeconds: T.Optional(T.Integer({ minimum: 0, maximum: 86_400 })),
    }),
  ),
  /** Where institutions are told of works until they say so themselves; made up in a demonstration. */
  contacts: T.Optional(
    T.Array(
      T.Object({
        institution: T.String(),
        email: T.Optional(T.String({ maxLength: 254 })),
        phone: T.Optional(T.String({ maxLength: 30 })),
        lang: T.Optional(T.Enum(["fr", "en"])),
      }),
    ),
  ),
});
export type ServiceFile = Static<typeof File>;
export const serviceFile = packSection("network.service-levels", T.Union([File, T.Array(T.Unknown(), { maxItems: 0 })]), {
  optional: true,
});

export interface Terms {
  /** Percent of the measured time. */
  target: number;
  /** Hours until somebody answers a ticket, until the network is back. */
  responseHours: number;
  repairHours: number;
  /** A site and month, in the currency's whole units. */
  fee: number;
  /** The lowest step that the availability is below counts; percent of the fee. */
  credits: { below: number; percent: number }[];
  /** Percent of the fee for each interruption that outlasts the repair time. */
  lateRepair: number;
  /** Percent of the fee that all credits of a site and month together do not exceed. */
  cap: number;
  /** Announced work that counts for nothing: hours a month, and how many hours ahead it must have been told. */
  worksHours: number;
  worksNoticeHours: number;
}
export const usualTerms: Terms = {
  target: 99.5,
  responseHours: 4,
  repairHours: 24,
  fee: 0,
  credits: [
    { below: 99.5, percent: 5 },
    { below: 99, percent: 10 },
    { below: 97, percent: 25 },
    { below: 90, percent: 50 },
  ],
  lateRepair: 5,
  cap: 50,
  worksHours: 8,
  worksNoticeHours: 72,
};

export interface Agreement extends Terms {
  class: string;
  name: { fr: string; en: string };
}
const usualName = { fr: "Engagement ordinaire", en: "Ordinary agreement" };

/** The agreement of an institution: its own, else its kind's, else the pack's `*`, else the program's. */
export function agreementOf(file: ServiceFile | readonly unknown[], institution: { id: string; kind: string }): Agreement {
  if (Array.isArray(file)) return { ...usualTerms, class: "standard", name: usualName };
  const f = file as ServiceFile;
  const wanted = f.institutions?.[institution.id] ?? f.kinds[institution.kind] ?? f.kinds["*"] ?? "standard";
  const terms = f.classes[wanted];
  const known = Object.fromEntries(Object.entries(terms ?? {}).filter(([, v]) => v !== undefined));
  return { ...usualTerms, name: usualName, ...known, class: terms ? wanted : "standard" } as Agreement;
}

export function agreementFor(ctx: Pick<Context, "country">, institution: { id: string; kind: string }): Agreement {
  return agreementOf(ctx.country.get(serviceFile), institution);
}
