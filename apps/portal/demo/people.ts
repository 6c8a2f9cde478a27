import { anyone, html, messages, notFound, page, type Html, type OutputOf, type PageContext } from "#kernel";
import { readDemoCodes } from "#identity/api";
import { listDemoPeople } from "#registry/api";
import { facts, form, inset, button, number, phone as shownPhone } from "#ui";
import { goTo, query, show } from "../shell.ts";

const words = messages({
  fr: {
    title: "Qui puis-je être\u202f?",
    lead: "Cette démonstration est une petite administration entière. Prenez la place de chacun\u202f: tout ce que vous faites a lieu, sauf l’argent et le droit.",
    citizens: "Citoyens",
    citizensText: "Un citoyen se connecte par son téléphone. Le code arrive sur la page du téléphone.",
    officials: "Agents",
    officialsText: "Un agent se connecte au bureau par son identifiant, son mot de passe et un code qui change toutes les trente secondes.",
    be: (name: string) => `Être ${name}`,
    phone: "Téléphone",
    open: "Ouvrir ce téléphone",
    password: "Mot de passe de tous les agents",
    login: "Identifiant",
    code: "Code du moment",
    left: (seconds: number) => `Les codes ci-dessous valent encore ${seconds} secondes\u202f; rechargez la page pour les suivants.`,
    desk: "Ouvrir le bureau",
    simulated: "Ce qui est simulé",
    simulatedText:
      "Les registres du dehors, les opérateurs de paiement, les SMS et les personnes. Ils répondent par de vraies requêtes, avec des retards et des pannes.",
    counts: "Les institutions de cette démonstration",
    sourced: "relevées dans une source citée",
    derived: "déduites d’une règle énoncée",
    illustrative: "données en exemple",
  },
  en: {
    title: "Who can I be?",
    lead: "This demonstration is a small administration, whole. Take anyone’s place: everything you do happens, except money and law.",
    citizens: "Citizens",
    citizensText: "A citizen signs in by telephone. The code arrives on the telephone page.",
    officials: "Officials",
    officialsText: "An official signs in to the desk by user name, password and a code that changes every thirty seconds.",
    be: (name: string) => `Be ${name}`,
    phone: "Telephone",
    open: "Open this telephone",
    password: "Password of all officials",
    login: "User name",
    code: "Code just now",
    left: (seconds: number) => `The codes below are good for ${seconds} more seconds; reload the page for the next.`,
    desk: "Open the desk",
    simulated: "What is simulated",
    simulatedText:
      "The registers outside, the payment operators, the SMS and the people. They answer real requests, with delays and faults.",
    counts: "The institutions of this demonstration",
    sourced: "read in a source that is cited",
    derived: "derived by a stated rule",
    illustrative: "given as examples",
  },
});

type Person = OutputOf<typeof listDemoPeople>["people"][number];

function citizen(p: PageContext, one: Person): Html {
  const w = words(p.lang);
  return html`<li>
    <b>${one.name}</b><br />${one.introduction}
    ${
      one.phone
        ? html`<br />${w.phone} : <a href="${query("/telephone", { numero: one.phone })}">${shownPhone(p, one.phone)}</a> ${form(
              { action: "/connexion", hidden: p.csrf },
              html`<input type="hidden" name="phone" value="${one.phone}" />`,
              button(w.be(one.name), { kind: "second" }),
            )}`
        : ""
    }
  </li>`;
}

export const peoplePage = page({
  id: "portal.people",
  path: "/demonstration",
  who: anyone(),
  reads: [listDemoPeople, readDemoCodes],
  render: async (p) => {
    if (!p.config.demo) throw notFound();
    const w = words(p.lang);
    const { people, counts } = await p.call(listDemoPeople, {});
    const { officials } = await p.call(readDemoCodes, {});
    const password = p.config.setting("demo_password");
    const codeOf = (login: string | undefined) => officials.find((one) => one.username === login);
    return show(p, {
      title: w.title,
      main: html`<h1>${w.title}</h1>
        <p class="t-lead t-text">${w.lead}</p>
        <h2>${w.citizens}</h2>
        <p>${w.citizensText}</p>
        <ul class="t-cards">
          ${people.filter((one) => one.kind === "citizen").map((one) => citizen(p, one))}
        </ul>
        <h2>${w.officials}</h2>
        <p>${w.officialsText} <a href="/bureau">${w.desk}</a></p>
        ${officials[0] ? html`<p class="t-soft">${w.left(officials[0].secondsLeft)}</p>` : ""}
        ${password ? html`<p>${w.password} : <code>${password}</code></p>` : ""}
        <ul class="t-cards">
          ${people
            .filter((one) => one.kind === "official")
            .map((one) => {
              const code = codeOf(one.login);
              return html`<li>
                <b>${one.name}</b><br />${[one.role, one.institution].filter(Boolean).join(", ")}
                <div class="t-source">${one.introduction}</div>
                ${one.login ? html`${w.login} : <code>${one.login}</code>` : ""}
                ${code ? html`<br />${w.code} : <b class="t-mono">${code.code}</b>` : ""}
              </li>`;
            })}
        </ul>
        ${inset(
          html`<p><b>${w.simulated}.</b></p>
            <p>${w.simulatedText}</p>`,
        )}
        <h2>${w.counts}</h2>
        ${facts(p.lang, [
          { key: w.sourced, value: number(p, counts.sourced) },
          { key: w.derived, value: number(p, counts.derived) },
          { key: w.illustrative, value: number(p, counts.illustrative) },
        ])}`,
    });
  },
});

/** The address the start page and people's habits give. */
export const peopleShortcut = page({ id: "portal.people-shortcut", path: "/demo", who: anyone(), render: () => goTo("/demonstration") });
