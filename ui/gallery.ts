import { html, say, type Html, type Lang } from "#kernel";
import { buttonLink, keys } from "./controls.ts";
import { cards, evidence, facts, feeTable, receipt, results, table } from "./data.ts";
import { searchBox } from "./fields.ts";
import { amount, date, dateTime, phone, type Place } from "./format.ts";
import { formSample } from "./gallery-form.ts";
import { columns, layout, type Site } from "./layout.ts";
import { banner, box, disclosure, empty, errorSummary, inset, panel, refreshNote, warning } from "./notices.ts";
import { pagination, progressBar, tabs, tag, taskList, timeline } from "./progress.ts";
import { provenance } from "./provenance.ts";
import { signAgain } from "./sign.ts";

/** Every component once, with words as long as real ones: the page to look at after a change of style. */
export function gallery(options: {
  lang: Lang;
  path: string;
  country: Place["country"] & { name: { fr: string; en: string } };
  today: string;
}): Html {
  const { lang } = options;
  const place: Place = { lang, country: options.country };
  const t = (fr: string, en: string) => say({ fr, en }, lang);
  const site: Site = {
    name: { fr: "Style de la maison", en: "House style" },
    country: options.country,
    home: options.path.split("?")[0] ?? "/",
    styles: ["toguna.css", "desk.css"],
    footer: html`<p>${t("Tous les composants, une fois chacun.", "Every component, once.")}</p>`,
  };
  const error = t("Écrivez l’année en quatre chiffres.", "Write the year with four digits.");
  const source = {
    text: t("Arrêté conjoint sur les droits de timbre", "Joint order on stamp duties"),
    date: options.today,
    reliability: "official" as const,
  };
  const lines = [
    {
      label: t("Droit de timbre", "Stamp duty"),
      payee: t("Trésor public", "Treasury"),
      amount: 300,
      source: provenance(place, source),
    },
    {
      label: t("Frais de service en ligne", "Online service charge"),
      payee: t("Opérateur du portail", "Portal operator"),
      amount: 450,
      source: provenance(place, {
        text: t("Journal national", "National newspaper"),
        date: "2023-12",
        reliability: "press",
        toConfirm: true,
      }),
    },
  ];
  return layout({
    site,
    lang,
    path: options.path,
    title: t("Style", "Style"),
    nav: [
      { href: "#a", text: t("Démarches", "Services"), current: true },
      { href: "#b", text: t("Mes dossiers", "My cases") },
      { href: "#c", text: t("Mes données", "My data") },
      { href: "#d", text: t("Vérifier un acte", "Verify an act") },
    ],
    account: html`<li><a href="#signin">${t("Se connecter", "Sign in")}</a></li>`,
    notice: t("Démonstration\u202f: aucune donnée réelle.", "Demonstration: no real data."),
    hero: html`${signAgain()}
      <h1>${t("Vos démarches, assis à l’ombre.", "Public services, without the journey.")}</h1>
      ${searchBox({ lang, action: options.path, label: t("Que cherchez-vous\u202f?", "What are you looking for?") })}`,
    main: html`
      <h2>${t("Textes", "Texts")}</h2>
      ${columns(
        html`<p class="t-lead">
            ${t("Le bulletin n°\u00a03 du casier judiciaire dit quelles condamnations la loi permet de montrer à un employeur.", "Bulletin no. 3 of the criminal record says which convictions the law allows an employer to see.")}
          </p>
          <p>
            ${t("Un paragraphe courant, avec un lien vers", "An ordinary paragraph, with a link to")}
            <a href="#x">${t("le tribunal de votre lieu de naissance", "the court of your place of birth")}</a>,
            <code>2026-4831-0927-5</code>.
          </p>
          <h3>${t("Sous-titre", "Sub-heading")}</h3>
          <ul>
            <li>${t("une ligne", "one line")}</li>
            <li>
              ${t("une autre, plus longue, pour voir où elle se coupe sur un téléphone étroit", "another, longer, to see where it breaks on a narrow phone")}
            </li>
          </ul>
          ${inset(html`<p>${t("Vous n’apportez aucun papier que l’administration détient déjà.", "You bring no paper the administration already holds.")}</p>`)}
          ${warning(lang, t("Une fausse déclaration est punie par la loi.", "A false statement is punished by law."))}
          ${disclosure(t("Pourquoi demandons-nous cela\u202f?", "Why do we ask this?"), html`<p>${t("Pour trouver le tribunal compétent.", "To find the competent court.")}</p>`, true)}`,
        box(
          t("En bref", "In short"),
          facts(lang, [
            { key: t("Coût", "Cost"), value: amount(place, 750) },
            { key: t("Délai", "Time"), value: t("48 heures ouvrables", "48 working hours") },
          ]),
        ),
      )}
      <h2>${t("Messages", "Notices")}</h2>
      ${errorSummary(lang, [
        { path: "birth", message: error },
        { path: "name", message: t("Écrivez votre nom.", "Write your name.") },
      ])}
      ${banner(lang, "information", html`<p>${t("Le registre de la commune répond avec retard aujourd’hui.", "The commune’s register answers late today.")}</p>`)}
      ${banner(lang, "success", html`<p>${t("Votre paiement est arrivé.", "Your payment has arrived.")}</p>`)}
      ${banner(lang, "problem", html`<p>${t("Le paiement a été refusé par l’opérateur. Rien n’a été prélevé.", "The operator refused the payment. Nothing was taken.")}</p>`)}
      ${panel(t("Demande envoyée", "Request sent"), html`${t("Votre numéro", "Your number")}<br /><b>2026-4831-0927-5</b>`)}
      ${empty(
        t("Aucun dossier pour l’instant", "No case yet"),
        html`<p>${t("Vos demandes apparaîtront ici.", "Your requests will appear here.")}</p>
          ${buttonLink("#", t("Chercher une démarche", "Find a service"))}`,
      )}
      ${formSample(lang, t, error)}
      <h2>${t("Données", "Data")}</h2>
      ${feeTable(place, lines, t("Ce que cela coûte", "What it costs"))}
      ${evidence([
        {
          key: t("Nom", "Name"),
          value: "TRAORÉ Awa",
          from: t("Registre d’identité, aujourd’hui à 10 h 12", "Identity register, today at 10:12"),
        },
        {
          key: t("Née le", "Born"),
          value: date(place, "1990-03-01"),
          from: t("État civil, acte n°\u00a0112", "Civil registry, record 112"),
        },
      ])}
      ${table({
        caption: t("Qui a consulté mes données", "Who looked at my data"),
        columns: [
          { head: t("Quand", "When") },
          { head: t("Qui", "Who") },
          { head: t("Pourquoi", "Why") },
          { head: t("Preuve", "Proof"), label: false },
        ],
        rows: [
          [
            dateTime(place, `${options.today}T09:05:00Z`),
            t("Greffe du tribunal", "Court registry"),
            t("Traiter une demande de casier", "Handle a criminal record request"),
            html`<a href="#p">${t("Vérifier", "Verify")}</a>`,
          ],
          [
            dateTime(place, `${options.today}T07:44:00Z`),
            t("État civil", "Civil registry"),
            t("Fournir l’acte de naissance", "Provide the birth record"),
            html`<a href="#p">${t("Vérifier", "Verify")}</a>`,
          ],
        ],
      })}
      ${cards([
        {
          href: "#",
          title: t("Travail", "Work"),
          text: t("Casier, visa de contrat", "Criminal record, contract visa"),
        },
        {
          href: "#",
          title: t("Naissance", "Birth"),
          text: t("Déclarer, demander un acte", "Declare, ask for a record"),
        },
        {
          href: "#",
          title: t("Véhicule", "Vehicle"),
          text: t("Carte grise, permis", "Registration, licence"),
        },
      ])}
      ${results([{ href: "#", title: t("Casier judiciaire, bulletin n°\u00a03", "Criminal record, bulletin no. 3"), text: t("Délivré par le greffe du tribunal de votre lieu de naissance.", "Issued by the court of your place of birth."), meta: `${amount(place, 750)} · 48 h` }])}
      <h2>${t("Avancement", "Progress")}</h2>
      <p>
        ${tag(t("Brouillon", "Draft"))} ${tag(t("À corriger", "To correct"), "act")} ${tag(t("Délivré", "Issued"), "good")}
        ${tag(t("Refusé", "Refused"), "bad")}
      </p>
      ${timeline(lang, [
        {
          title: t("Demande envoyée", "Request sent"),
          when: dateTime(place, `${options.today}T08:05:00Z`),
          state: "done",
        },
        {
          title: t("Acte de naissance demandé à l’état civil", "Birth record asked of the civil registry"),
          when: dateTime(place, `${options.today}T08:06:00Z`),
          state: "done",
        },
        {
          title: t("Examen par le greffe", "Examined by the court"),
          state: "now",
          text: html`<p>${t("Il reste 31 heures ouvrables.", "31 working hours remain.")}</p>`,
        },
        { title: t("Acte délivré", "Act issued"), state: "next" },
      ])}
      ${taskList([
        {
          title: t("Votre identité", "Your identity"),
          href: "#",
          status: tag(t("Fait", "Done"), "good"),
        },
        {
          title: t("Paiement", "Payment"),
          hint: amount(place, 750),
          status: tag(t("À faire", "To do"), "act"),
        },
      ])}
      ${progressBar(t("Réponses reçues", "Answers received"), 1, 2)}
      ${refreshNote(lang, { path: "#", seconds: 5, stopped: false, stopPath: "?stop", resumePath: "?" })}
      ${tabs(t("Vues", "Views"), [
        { href: "#1", text: t("Dossier", "Case"), current: true },
        { href: "#2", text: t("Messages", "Messages") },
        { href: "#3", text: t("Historique", "History") },
      ])}
      ${pagination({ lang, page: 2, pages: 5, href: (n) => `?page=${n}` })}
      ${receipt(place, {
        number: "R-2026-00042",
        issuer: t("Trésor public", "Treasury"),
        lines,
        details: [
          { key: t("Payé le", "Paid on"), value: dateTime(place, `${options.today}T09:05:00Z`) },
          {
            key: t("Téléphone", "Telephone"),
            value: phone(place, `${options.country.phone.prefix}70123456`),
          },
        ],
      })}
      ${keys(t("Raccourcis", "Shortcuts"), [
        { keys: "J / K", text: t("suivant, précédent", "next, previous") },
        { keys: "D", text: t("décider", "decide") },
      ])}
    `,
  });
}
