import { html, messages, seeOther, type Html, type PageContext, type Reply } from "#kernel";
import { armsFrom, button, form, layout, type Content, type Link, type Site } from "#ui";

const words = messages({
  fr: {
    services: "Démarches",
    cases: "Mes dossiers",
    data: "Mes données",
    verify: "Vérifier un acte",
    help: "Aide",
    signIn: "Se connecter",
    account: "Mon compte",
    signOut: "Se déconnecter",
    demo: "Démonstration\u202f: personnes et actes fictifs, sans valeur légale.",
    who: "Qui puis-je être\u202f?",
    phone: "Le téléphone",
    home: "Accueil",
    about:
      "Vos données sont demandées une seule fois. Chaque consultation est inscrite dans un journal scellé que vous pouvez lire et vérifier.",
    accessibility: "Accessibilité",
    open: "Logiciel libre Toguna",
  },
  en: {
    services: "Services",
    cases: "My cases",
    data: "My data",
    verify: "Verify an act",
    help: "Help",
    signIn: "Sign in",
    account: "My account",
    signOut: "Sign out",
    demo: "Demonstration: fictitious people and acts, without legal value.",
    who: "Who can I be?",
    phone: "The telephone",
    home: "Home",
    about: "Your data is asked for once. Every look at it is written in a sealed log that you can read and check.",
    accessibility: "Accessibility",
    open: "Toguna, free software",
  },
});

export interface Show {
  title: string;
  main: Content;
  hero?: Html;
  crumbs?: readonly Link[];
  failed?: boolean;
  scripts?: readonly string[];
  refresh?: number;
  description?: string;
}

/** `arms` of country.json, one plain SVG drawing: it takes the place of the house's own sign. */
function armsOf(p: PageContext): { arms?: Html } {
  const drawn = (p.country as { arms?: unknown }).arms;
  return typeof drawn === "string" ? { arms: armsFrom(drawn) } : {};
}

function site(p: PageContext): Site {
  const w = words(p.lang);
  return {
    name: { fr: "Services publics", en: "Public services" },
    country: p.country,
    home: "/",
    ...armsOf(p),
    footer: html`<ul class="t-links">
        <li><a href="/aide">${w.help}</a></li>
        <li><a href="/accessibilite">${w.accessibility}</a></li>
        ${
          p.config.demo
            ? html`<li><a href="/demonstration">${w.who}</a></li>
                <li><a href="/telephone">${w.phone}</a></li>`
            : ""
        }
      </ul>
      <p>${w.about}</p>
      <p>${w.open}</p>`,
  };
}

function accountLinks(p: PageContext): Html {
  const w = words(p.lang);
  if (p.caller.kind === "stranger") return html`<li><a href="/connexion">${w.signIn}</a></li>`;
  return html`<li><a href="/compte">${w.account}</a></li>
    <li>${form({ action: "/deconnexion", hidden: p.csrf }, button(w.signOut, { kind: "plain" }))}</li>`;
}

/** A page of the portal. The menu is the same for everyone: what needs signing in says so when one gets there. */
export function show(p: PageContext, page: Show): Html {
  const w = words(p.lang);
  const item = (href: string, text: string): Link => ({ href, text, current: p.path === href || p.path.startsWith(`${href}/`) });
  return layout({
    site: site(p),
    lang: p.lang,
    path: p.url,
    nav: [
      item("/demarches", w.services),
      item("/dossiers", w.cases),
      item("/mes-donnees", w.data),
      item("/verifier", w.verify),
      item("/aide", w.help),
    ],
    account: accountLinks(p),
    ...(p.config.demo ? { notice: html`${w.demo} <a href="/demonstration">${w.who}</a> · <a href="/telephone">${w.phone}</a>` } : {}),
    ...(page.crumbs ? { breadcrumbs: [{ href: "/", text: w.home }, ...page.crumbs] } : {}),
    ...page,
  });
}

/** Only paths of our own: a link to elsewhere must not ride on our sign-in page. */
export function safeReturn(value: string | undefined, otherwise = "/dossiers"): string {
  if (!value || value.length > 500) return otherwise;
  // Backslashes and control characters are read as slashes by some browsers.
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(value)) return otherwise;
  // An application's request goes on where it was; the sign-in pages themselves are never the way back.
  if (/^\/connexion\/(partage|suite)\?interaction=[\w-]{16,128}$/.test(value)) return value;
  return value.startsWith("/connexion") || value.startsWith("/deconnexion") ? otherwise : value;
}

export function query(path: string, values: Record<string, string | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) params.set(name, value);
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

export function goTo(path: string, values: Record<string, string | undefined> = {}): Reply {
  return seeOther(query(path, values));
}
