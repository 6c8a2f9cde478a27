import { html, raw, say, type Html, type Lang, type Text } from "#kernel";
import { asset } from "./assets.ts";
import { attributes, type Content } from "./attributes.ts";
import { signIcon } from "./drawing.ts";
import { sign } from "./sign.ts";
import { words } from "./words.ts";

export interface Link {
  href: string;
  text: Content;
  current?: boolean;
}

/** What stays the same on every page of one application. */
export interface Site {
  /** Under the country's name, e.g. "Services publics", "Bureau". */
  name: Text;
  country: { name: Text };
  home: string;
  /** The country's arms (armsFrom) in place of the sign. */
  arms?: Html;
  languages?: readonly { code: Lang; name: string }[];
  /** Files of ui/static, toguna.css first. */
  styles?: readonly string[];
  footer?: Content;
}

export interface Page {
  site: Site;
  lang: Lang;
  /** Path and query of this page, for the language links. */
  path: string;
  title: string;
  /** True when the page shows errors: the title says so first, for those who hear it. */
  failed?: boolean;
  nav?: readonly Link[];
  /** Right of the sign: account links, or buttons in forms (sign out). */
  account?: Content;
  /** One line above everything, e.g. that this is a demonstration. */
  notice?: Content;
  breadcrumbs?: readonly Link[];
  /** Full-width part above main's column (home page). */
  hero?: Content;
  main: Content;
  /** Main without a maximum width (desk, maps). */
  wide?: boolean;
  scripts?: readonly string[];
  /** Reload after so many seconds where scripts do not run (waiting pages). */
  refresh?: number;
  description?: string;
}

const languagesOfTheHouse = [
  { code: "fr", name: "Français" },
  { code: "en", name: "English" },
];

/** The address of the same page in another language. */
export function inLanguage(path: string, lang: Lang): string {
  const [before = "/", query = ""] = path.split("?");
  const params = new URLSearchParams(query);
  params.set("lang", lang);
  return `${before}?${params.toString()}`;
}

function languageLinks(page: Page): Html {
  const others = (page.site.languages ?? languagesOfTheHouse).filter((language) => language.code !== page.lang);
  return html`${others.map(
    (language) =>
      html`<li>
        <a href="${inLanguage(page.path, language.code)}" lang="${language.code}" hreflang="${language.code}">${language.name}</a>
      </li>`,
  )}`;
}

export function navigation(label: string, links: readonly Link[], end?: Content): Html {
  return html`<nav class="t-nav" aria-label="${label}">
    <ul class="t-wrap">
      ${links.map(
        (link) =>
          html`<li>
            <a href="${link.href}" ${attributes({ "aria-current": link.current ? "page" : null })}>${link.text}</a>
          </li> `,
      )}${end ? html`<li class="t-end">${end}</li>` : ""}
    </ul>
  </nav>`;
}

export function breadcrumbs(lang: Lang, links: readonly Link[]): Html {
  return html`<nav class="t-crumbs t-wrap" aria-label="${words(lang).breadcrumbs}">
    <ol>
      ${links.map((link) => html`<li><a href="${link.href}">${link.text}</a></li> `)}
    </ol>
  </nav>`;
}

/** Files of ui/static by name; another app's own files by their address. */
const fileOf = (name: string) => (name.startsWith("/") ? name : asset(name));

function head(page: Page): Html {
  const w = words(page.lang);
  const place = `${say(page.site.name, page.lang)} – ${say(page.site.country.name, page.lang)}`;
  return html`<meta charset="utf-8" />
    <title>${page.failed ? w.errorPage : ""}${page.title} – ${place}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    ${page.description ? html`<meta name="description" content="${page.description}" />` : ""}
    ${(page.site.styles ?? ["toguna.css"]).map((name) => html`<link rel="stylesheet" href="${fileOf(name)}" />`)}
    <link rel="icon" href="${raw(signIcon)}" />
    ${page.scripts?.map((name) => html`<script src="${fileOf(name)}" defer></script>`)}
    ${page.refresh ? html`<noscript><meta http-equiv="refresh" content="${page.refresh}" /></noscript>` : ""}`;
}

/** A whole page. Plain HTML, one stylesheet, no script unless the page names one. */
export function layout(page: Page): Html {
  const w = words(page.lang);
  const { site, lang } = page;
  return html`${raw("<!doctype html>")}
    <html lang="${lang}">
      <head>
        ${head(page)}
      </head>
      <body>
        <a href="#main" class="govuk-skip-link">${w.skip}</a>
        <header class="t-header">
          ${page.notice ? html`<div class="t-demo"><div class="t-wrap">${page.notice}</div></div>` : ""}
          <div class="t-head t-wrap">
            <a class="t-brand" href="${site.home}"
              >${sign(site.arms)}<span>${say(site.country.name, lang)}<b>${say(site.name, lang)}</b></span></a
            >
            <ul class="t-links">
              ${page.account}${languageLinks(page)}
            </ul>
          </div>
        </header>
        ${page.nav?.length ? navigation(w.navigation, page.nav) : ""} ${page.breadcrumbs?.length ? breadcrumbs(lang, page.breadcrumbs) : ""}
        <main id="main" tabindex="-1" ${attributes({ class: page.hero ? "t-full" : page.wide ? "t-wide" : "t-wrap" })}>
          ${
            page.hero
              ? html`<div class="t-hero"><div class="t-wrap">${page.hero}</div></div>
                  <div class="${page.wide ? "t-wide" : "t-wrap"}">${page.main}</div>`
              : page.main
          }
        </main>
        <footer class="t-footer"><div class="t-wrap">${site.footer}</div></footer>
      </body>
    </html> `;
}

/**
 * Two columns on wide screens: the words, and beside them the facts. On a telephone the facts come after `head`
 * (title, first words, main button) and before the long rest.
 */
export function columns(head: Content, side: Content, rest: Content = ""): Html {
  return html`<div class="t-cols">
    <div>${head}</div>
    <aside>${side}</aside>
    ${rest ? html`<div>${rest}</div>` : ""}
  </div>`;
}

/** A column of comfortable width for reading. */
export function text(...content: Content[]): Html {
  return html`<div class="t-text">${content}</div>`;
}
