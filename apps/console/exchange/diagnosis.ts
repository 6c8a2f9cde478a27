/** One diagnosis: each step until the one that failed, what that means, and who can act. */
import { readDiagnosis, readOperations } from "#exchange/api";
import { html, official, T, type Html, type Lang, type OutputOf, type PageContext } from "#kernel";
import { banner, button, dateTime, facts, form, live, table, tag, type Content } from "#ui";
import { consolePage } from "../screen.ts";
import { whoActs } from "./causes.ts";
import { diagnosisWords, findings } from "./diagnosis-words.ts";
import { serviceHref } from "./parts.ts";
import { words } from "./words.ts";

export const diagnosesPath = "/console/echanges/diagnostics";
type Diagnosis = OutputOf<typeof readDiagnosis>;
type Step = Diagnosis["steps"][number];

export function findingOf(lang: Lang, { step, cause = "" }: { step: string; cause?: string }): string {
  const w = findings(lang);
  const key = [`${step} ${cause}`, cause].find((one) => Object.hasOwn(w, one));
  return key === undefined ? `${w.other} (${cause})` : w[key as "other"];
}

/** The button that looks into it now; `about` completes its words for screen readers. */
export function examine(
  p: PageContext,
  asked: { service?: string | undefined; server?: string | undefined; client?: string | undefined; purpose?: string | undefined },
  text: Content,
  about?: string,
): Html {
  const hidden = Object.entries(asked).map(([name, value]) => (value ? html`<input type="hidden" name="${name}" value="${value}" />` : ""));
  return form(
    { action: diagnosesPath, hidden: html`${p.csrf}${hidden}` },
    button(html`${text}${about ? html`<span class="govuk-visually-hidden"> ${about}</span>` : ""}`, { kind: "second" }),
  );
}

function steps(p: PageContext, list: readonly Step[]): Html {
  const w = diagnosisWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.steps,
      hideCaption: true,
      columns: [{ head: w.stepHead }, { head: w.state }, { head: w.detail }],
      rows: list.map((one) => [
        w[`step-${one.step}`],
        one.state === "good" ? tag(w.good, "good") : html`${tag(w.bad, "bad")} ${findingOf(p.lang, one)}`,
        one.detail ? html`<code class="d-wrap">${/^\d{4}-\d\d-\d\dT/.test(one.detail) ? dateTime(p, one.detail) : one.detail}</code>` : "–",
      ]),
    })}
  </div>`;
}

function result(p: PageContext, d: Diagnosis): Html {
  const w = diagnosisWords(p.lang);
  if (!d.ended) return html`<p role="status" data-refresh="2">${w.runningText}</p>`;
  const bad = d.steps.find((one) => one.state === "bad");
  const looked = d.steps.some((one) => ["provider", "source", "server"].includes(one.step));
  return html`${
    bad
      ? banner(
          p.lang,
          "problem",
          html`<p><b>${findingOf(p.lang, bad)}</b></p>
            <p>${words(p.lang).act} : ${whoActs(p.lang, bad.cause ?? "")}</p>`,
          w[`step-${bad.step}`],
        )
      : banner(
          p.lang,
          "success",
          html`<p>${w.fineText}</p>
            ${looked ? "" : html`<p>${w.foreign}</p>`}`,
        )
  }
  ${steps(p, d.steps)}`;
}

export const diagnosisPage = consolePage({
  id: "console.exchange-diagnosis",
  path: `${diagnosesPath}/{id}`,
  who: official(readOperations),
  input: T.Object({ id: T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }) }),
  screen: {
    reads: [readDiagnosis],
    async view(p, { id }) {
      const w = diagnosisWords(p.lang);
      const d = await p.call(readDiagnosis, { id });
      return {
        title: w.title,
        current: "exchange",
        crumbs: [
          { href: "/console/echanges", text: words(p.lang).title },
          { href: diagnosesPath, text: w.tab },
        ],
        ...(d.ended ? {} : { refresh: 2 }),
        main: html`<h1>${w.title}</h1>
          ${facts(p.lang, [
            Boolean(d.service) && {
              key: w.service,
              value: html`<a class="d-wrap" href="${serviceHref(d.service ?? "")}">${d.service}</a>`,
            },
            Boolean(d.server) && { key: w.server, value: html`<code class="d-wrap">${d.server}</code>` },
            Boolean(d.client) && { key: w.client, value: html`<code class="d-wrap">${d.client}</code>` },
            Boolean(d.purpose) && { key: w.purpose, value: d.purpose },
            { key: w.at, value: html`<time datetime="${d.at}">${dateTime(p, d.at)}</time>` },
          ])}
          ${live("diagnosis", result(p, d))}
          ${d.ended ? html`<div class="t-actions">${examine(p, d.service ? { service: d.service, client: d.client, purpose: d.purpose } : { server: d.server }, w.again)}</div>` : ""}`,
      };
    },
  },
});
