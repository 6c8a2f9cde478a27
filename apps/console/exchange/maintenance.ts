/** A gateway in maintenance: said on its line; announced or ended for it by whoever keeps the servers. */
import { announceMaintenance, endMaintenance, type listServers, manageServers } from "#exchange/api";
import { html, messages, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, dateTime, disclosure, form, input, may, tag } from "#ui";
import { consoleAction, type Screen } from "../screen.ts";
import { serversPath as path } from "./invitations.ts";

type Server = OutputOf<typeof listServers>["servers"][number];

const words = messages({
  fr: {
    away: "en maintenance",
    until: "jusqu’au",
    announce: "Annoncer une maintenance",
    lead: "Les autres passerelles s’adressent à un autre serveur de l’institution, ou disent jusqu’à quand celui-ci est absent\u202f; ce qui peut attendre attend. La maintenance prend fin à l’heure dite.",
    hours: "Durée",
    hoursHint: "En heures, au plus 720.",
    notice: "Message",
    noticeHint: "Montré à qui l’appelle.",
    end: "Mettre fin à la maintenance",
  },
  en: {
    away: "in maintenance",
    until: "until",
    announce: "Announce maintenance",
    lead: "Other gateways turn to another server of the institution, or say until when this one is away; what may wait waits. Maintenance ends at that hour.",
    hours: "Duration",
    hoursHint: "In hours, at most 720.",
    notice: "Message",
    noticeHint: "Shown to who calls it.",
    end: "End the maintenance",
  },
});

/** Beside the state of its line. */
export function maintenanceTag(p: PageContext, one: Server): Html | "" {
  const w = words(p.lang);
  if (!one.maintenance) return "";
  const { until, notice } = one.maintenance;
  return html`<div>${tag(w.away, "act")} ${w.until} <time datetime="${until}">${dateTime(p, until)}</time></div>
    ${notice ? html`<div class="t-source">${notice}</div>` : ""}`;
}

export function maintenanceForms(p: PageContext, one: Server): Html | "" {
  if (one.centre || one.state === "retired" || !may(p.caller, manageServers.id)) return "";
  const w = words(p.lang);
  const id = one.id.replaceAll("/", "-");
  const hidden = html`${p.csrf}<input type="hidden" name="id" value="${one.id}" />`;
  if (one.maintenance)
    return form({ action: `${path}/maintenance/fin`, hidden }, html`<div class="t-actions">${button(w.end, { kind: "second" })}</div>`);
  return disclosure(
    w.announce,
    form(
      { action: `${path}/maintenance`, hidden },
      html`<p>${w.lead}</p>
        ${input({ lang: p.lang, name: "hours", id: `hours-${id}`, label: w.hours, hint: w.hoursHint, width: 4, maxlength: 5, inputmode: "decimal", value: "2" })}
        ${input({ lang: p.lang, name: "notice", id: `notice-${id}`, label: w.notice, hint: w.noticeHint, optional: true, maxlength: 300 })}
        <div class="t-actions">${button(w.announce, { kind: "second" })}</div>`,
    ),
  );
}

const Id = T.String({ maxLength: 255 });

export const maintenanceActions = (screen: Screen<object>) => [
  consoleAction({
    id: "console.announce-maintenance",
    path: `${path}/maintenance`,
    who: official(manageServers),
    form: T.Object({ id: Id, hours: T.Number({ minimum: 0.1, maximum: 720 }), notice: T.Optional(T.String({ maxLength: 300 })) }),
    calls: [announceMaintenance],
    async handle(a, { id, hours, notice }) {
      const until = new Date(a.clock.now().getTime() + hours * 3_600_000).toISOString();
      await a.call(announceMaintenance, { id, until, ...(notice?.trim() ? { notice: notice.trim() } : {}) });
      return seeOther(path);
    },
    back: screen,
    backInput: () => ({}),
  }),
  consoleAction({
    id: "console.end-maintenance",
    path: `${path}/maintenance/fin`,
    who: official(manageServers),
    form: T.Object({ id: Id }),
    calls: [endMaintenance],
    async handle(a, { id }) {
      await a.call(endMaintenance, { id });
      return seeOther(path);
    },
    back: screen,
    backInput: () => ({}),
  }),
];
