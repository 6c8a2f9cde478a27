import { createHash } from "node:crypto";
import { html, messages, type Lang } from "#kernel";

const words = messages({
  fr: {
    title: "La connexion n’a pas pu aboutir",
    lead: "L’application qui vous a envoyé ici a fait une demande que nous ne pouvons pas suivre. Rien n’a été partagé.",
    again: "Revenez à l’application et recommencez.",
    detail: "Pour son responsable",
  },
  en: {
    title: "The sign-in could not be completed",
    lead: "The application that sent you here made a request we cannot follow. Nothing was shared.",
    again: "Go back to the application and start again.",
    detail: "For whoever runs it",
  },
});

const style =
  "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;background:#faf6ee;color:#1f2a44}code{background:#efe7d8;padding:.1em .3em}";
export const errorPagePolicy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** Shown when there is no safe place to send the browser back to; nothing on it comes from elsewhere. */
export function errorPage(lang: Lang, error: string, description: string): string {
  const w = words(lang);
  return html`<!doctype html>
    <html lang="${lang === "en" ? "en" : "fr"}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${w.title}</title>
        <style>
          ${{ html: style }}
        </style>
      </head>
      <body>
        <main>
          <h1>${w.title}</h1>
          <p>${w.lead}</p>
          <p>${w.again}</p>
          <p>${w.detail}: <code>${error}</code> ${description}</p>
        </main>
      </body>
    </html>`.html;
}
