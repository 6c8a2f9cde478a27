import { action, anyone, html, invalidInput, page, T, type Form, type Html, type PageContext, type Problem } from "#kernel";
import { verifyCode, verifyFile, verifyNumber } from "#services/api";
import { attributes, button, disclosure, errorFor, errorSummary, fileUpload, form, input, textarea } from "#ui";
import { fieldErrors, problemBanner } from "../problems.ts";
import { goTo, show } from "../shell.ts";
import { resultView } from "./result.ts";
import { words } from "./words.ts";

const said = (key: "numberWrong" | "fileMissing" | "codeMissing") => ({ fr: words("fr")[key], en: words("en")[key] });

/** Camera and picture reading: scan.js shows this part where the browser can read codes by itself. */
function scanner(p: PageContext): Html {
  const w = words(p.lang);
  return html`<div data-scan hidden>
    <video class="t-camera" playsinline muted hidden></video>
    <p>${html`<button type="button" class="t-second" ${attributes({ "data-stop": w.stop })}>${w.scan}</button>`}</p>
    <p><label class="t-label" for="picture">${w.picture}</label><input class="t-file" type="file" id="picture" accept="image/*" /></p>
  </div>`;
}

function view(p: PageContext, sent: Form = {}, problem?: Problem): Html {
  const w = words(p.lang);
  const errors = fieldErrors(p, problem);
  const again = (name: string) => (typeof sent[name] === "string" ? (sent[name] as string) : "");
  return show(p, {
    title: w.title,
    description: w.intro,
    failed: problem !== undefined,
    scripts: ["scan.js"],
    main: html`<div class="t-text">
      ${errorSummary(p.lang, errors)} ${problemBanner(p, problem)}
      <h1>${w.title}</h1>
      <p class="t-lead">${w.intro}</p>
      <h2>${w.number}</h2>
      ${form(
        { action: "/verifier", hidden: p.csrf },
        input({
          lang: p.lang,
          name: "number",
          label: w.numberLabel,
          hint: w.numberHint,
          inputmode: "numeric",
          autocomplete: "off",
          width: 20,
          maxlength: 40,
          value: again("number"),
          error: errorFor(errors, "number"),
        }),
        button(w.numberGo),
      )}
      <h2>${w.file}</h2>
      ${form(
        { action: "/verifier/fichier", hidden: p.csrf, multipart: true },
        fileUpload({
          lang: p.lang,
          name: "file",
          label: w.fileLabel,
          hint: w.fileHint,
          accept: "application/pdf",
          maxMegabytes: 5,
          error: errorFor(errors, "file"),
        }),
        button(w.fileGo),
      )}
      <h2>${w.code}</h2>
      <p>${w.codeText}</p>
      ${scanner(p)}
      ${disclosure(
        w.codeLabel,
        form(
          { action: "/verifier/code", hidden: p.csrf, id: "code-form" },
          textarea({
            lang: p.lang,
            name: "payload",
            label: w.codeLabel,
            hint: w.codeHint,
            rows: 3,
            maxlength: 4096,
            value: again("payload"),
            error: errorFor(errors, "payload"),
          }),
          button(w.codeGo),
        ),
        again("payload") !== "" || errors.some((one) => one.path === "payload"),
      )}
    </div>`,
  });
}

export const verifyPage = page({ id: "portal.verify", path: "/verifier", who: anyone(), render: (p) => view(p) });

export const numberPage = page({
  id: "portal.verify-number",
  path: "/verifier/{number}",
  who: anyone(),
  reads: [verifyNumber],
  input: T.Object({ number: T.String({ pattern: "^[0-9 -]{1,40}$" }) }),
  render: async (p, { number }) => resultView(p, await p.call(verifyNumber, { number })),
});

export const numberAction = action({
  id: "portal.verify-number",
  path: "/verifier",
  who: anyone(),
  form: T.Object({ number: T.String() }),
  handle: async (_a, { number }) => {
    const digits = number.replace(/\D/g, "");
    if (digits.length < 4 || digits.length > 24) throw invalidInput({ fields: [{ path: "number", message: said("numberWrong") }] });
    return goTo(`/verifier/${digits}`);
  },
  failed: (a, sent, problem) => view(a, sent, problem),
});

export const fileAction = action({
  id: "portal.verify-file",
  path: "/verifier/fichier",
  who: anyone(),
  limit: 6 * 1024 * 1024,
  calls: [verifyFile],
  handle: async (a, { file }) => {
    if (file === undefined || typeof file === "string" || Array.isArray(file) || file.bytes.length === 0)
      throw invalidInput({ fields: [{ path: "file", message: said("fileMissing") }] });
    return resultView(a, await a.call(verifyFile, { file: Buffer.from(file.bytes).toString("base64") }));
  },
  failed: (a, _sent, problem) => view(a, {}, problem),
});

export const codeAction = action({
  id: "portal.verify-code",
  path: "/verifier/code",
  who: anyone(),
  calls: [verifyCode],
  form: T.Object({ payload: T.String() }),
  handle: async (a, { payload }) => {
    const text = payload.trim();
    if (!text || text.length > 4096) throw invalidInput({ fields: [{ path: "payload", message: said("codeMissing") }] });
    return resultView(a, await a.call(verifyCode, { payload: text }));
  },
  failed: (a, sent, problem) => view(a, sent, problem),
});

/** After a reload of a result there is no form to show again. */
export const filePage = page({ id: "portal.verify-file", path: "/verifier/fichier", who: anyone(), render: () => goTo("/verifier") });
export const codePage = page({ id: "portal.verify-code", path: "/verifier/code", who: anyone(), render: () => goTo("/verifier") });

/**
 * The address printed in the 2D code. What the code says stands behind the #, which browsers do not send: scan.js
 * puts it into the form. Nothing about the act reaches a log by following the address.
 */
export const openedPage = page({
  id: "portal.verify-opened",
  path: "/v",
  who: anyone(),
  render: (p) => {
    const w = words(p.lang);
    return show(p, {
      title: w.opening,
      scripts: ["scan.js"],
      main: html`<div class="t-text">
        <h1>${w.opening}</h1>
        <p>${w.openingText}</p>
        ${form(
          { action: "/verifier/code", hidden: p.csrf, id: "opened-form" },
          textarea({ lang: p.lang, name: "payload", label: w.codeLabel, rows: 3, maxlength: 4096 }),
          button(w.codeGo),
        )}
        <p><a href="/verifier">${w.number}</a></p>
      </div>`,
    });
  },
});
