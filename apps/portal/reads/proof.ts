import { verify, X509Certificate } from "node:crypto";
import { html, messages, page, person, Problem, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { readMyEntry } from "#trust/api";
import { banner, dateTime, disclosure, facts, live, number, refreshNote } from "#ui";
import { show } from "../shell.ts";
import { dataHashOf, leafOf, rootFrom } from "./merkle.ts";

const words = messages({
  fr: {
    title: "Preuve d’une consultation",
    back: "Qui a consulté mes données",
    good: "Cette ligne est bien dans le journal scellé",
    goodText: "Nous venons de refaire tous les calculs à partir de la ligne elle-même. Aucun ne s’appuie sur la parole de l’exploitant.",
    bad: "La preuve ne tient pas",
    badText: "Ne vous fiez pas à cette ligne. Gardez cette page et prévenez l’autorité de protection des données.",
    wait: "Cette ligne va être scellée",
    waitText: "Elle vient d’être écrite. Le journal la scelle dans les secondes qui suivent.",
    checks: "Ce que nous avons calculé",
    content: "Le contenu ci-dessous, avec son sel, donne bien l’empreinte des données",
    erased: "Le contenu a été effacé, comme la loi le demande\u202f; la preuve de la ligne demeure.",
    data: "Ce qui a été écrit",
    leaf: "La ligne donne bien l’empreinte inscrite (feuille)",
    path: "La feuille et son chemin mènent à l’empreinte du journal entier (racine)",
    head: "La tête signée porte cette racine et cette taille",
    signature: "La signature de la tête est celle du certificat du journal",
    place: "Place dans le journal",
    placeOf: (index: string, size: string) => `entrée ${index} sur ${size}`,
    signedAt: "Tête signée le",
    stampedAt: "Horodatée le",
    origin: "Journal",
    entry: "La ligne, telle qu’elle est scellée",
    entryText: "Votre identité n’y figure que sous un pseudonyme. Ce qui a été écrit n’y entre que par son empreinte.",
    elsewhere: "Vérifier sans nous",
    elsewhereText:
      "Ces valeurs suffisent à un vérificateur indépendant. Le programme de vérification livré avec le logiciel n’a besoin d’aucun accès à notre base.",
    root: "Racine",
    leafValue: "Feuille",
    dataHash: "Empreinte des données",
    proof: "Chemin",
    passed: "juste",
    failed: "faux",
  },
  en: {
    title: "Proof of a look",
    back: "Who looked at my data",
    good: "This line is in the sealed log",
    goodText: "We have just redone every computation from the line itself. None rests on the operator’s word.",
    bad: "The proof does not hold",
    badText: "Do not trust this line. Keep this page and tell the data protection authority.",
    wait: "This line is about to be sealed",
    waitText: "It has just been written. The log seals it within seconds.",
    checks: "What we computed",
    content: "The content below, with its salt, gives the fingerprint of the data",
    erased: "The content was erased, as the law requires; the proof of the line remains.",
    data: "What was written",
    leaf: "The line gives the fingerprint that was written (leaf)",
    path: "The leaf and its path lead to the fingerprint of the whole log (root)",
    head: "The signed head bears this root and this size",
    signature: "The head’s signature is that of the log’s certificate",
    place: "Place in the log",
    placeOf: (index: string, size: string) => `entry ${index} of ${size}`,
    signedAt: "Head signed on",
    stampedAt: "Time-stamped on",
    origin: "Log",
    entry: "The line, as it is sealed",
    entryText: "Your identity stands there only under a pseudonym. What was written enters only by its fingerprint.",
    elsewhere: "Check without us",
    elsewhereText:
      "These values are enough for an independent verifier. The verifier delivered with the software needs no access to our database.",
    root: "Root",
    leafValue: "Leaf",
    dataHash: "Fingerprint of the data",
    proof: "Path",
    passed: "right",
    failed: "wrong",
  },
});

type Entry = OutputOf<typeof readMyEntry>;

/** Computations each on its own; a malformed certificate or signature is a failed check, not a failed page. */
export function check(entry: Entry): { content?: boolean; leaf: boolean; path: boolean; head: boolean; signature: boolean } {
  const { head } = entry;
  const lines = head.checkpoint.split("\n");
  const roots = [head.root, Buffer.from(head.root, "hex").toString("base64")];
  const { data, salt } = entry;
  return {
    ...(data !== undefined && salt !== undefined ? { content: dataHashOf(salt, data) === entry.dataHash } : {}),
    leaf: leafOf(entry.header, entry.dataHash) === entry.leaf,
    path: entry.size === head.size && rootFrom(entry.leaf, entry.index, entry.size, entry.proof) === head.root,
    head: lines[0] === head.origin && lines[1] === String(head.size) && roots.includes(lines[2] ?? ""),
    signature: signedBy(head.certificate, head.checkpoint, head.signature),
  };
}

function signedBy(pem: string, text: string, signature: string): boolean {
  try {
    const key = new X509Certificate(pem).publicKey;
    return verify("sha256", Buffer.from(text, "utf8"), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}

function proofView(p: PageContext, entry: Entry): Html {
  const w = words(p.lang);
  const done = check(entry);
  const good = Object.values(done).every(Boolean);
  const mono = (text: string) => html`<code>${text}</code>`;
  return show(p, {
    title: w.title,
    crumbs: [{ href: "/mes-donnees", text: w.back }],
    main: html`<div class="t-text">
      <h1>${w.title}</h1>
      ${banner(p.lang, good ? "success" : "problem", html`<p>${good ? w.goodText : w.badText}</p>`, good ? w.good : w.bad)}
      ${facts(p.lang, [
        { key: w.place, value: w.placeOf(number(p, entry.index + 1), number(p, entry.size)) },
        { key: w.signedAt, value: dateTime(p, entry.head.at) },
        entry.head.stampedAt ? { key: w.stampedAt, value: dateTime(p, entry.head.stampedAt) } : null,
        { key: w.origin, value: mono(entry.head.origin) },
      ])}
      <h2>${w.checks}</h2>
      <ul class="t-checks t-plainlist">
        ${(["content", "leaf", "path", "head", "signature"] as const)
          .filter((name) => done[name] !== undefined)
          .map(
            (name) =>
              html`<li>
                <b class="${done[name] ? "t-yes" : "t-no"}" aria-hidden="true">${done[name] ? "✓" : "✗"}</b> ${w[name]}
                <span class="govuk-visually-hidden">(${done[name] ? w.passed : w.failed})</span>
              </li>`,
          )}
      </ul>
      <h2>${w.entry}</h2>
      <p>${w.entryText}</p>
      <p>${mono(entry.header)}</p>
      <h2>${w.data}</h2>
      <p>${entry.data === undefined ? w.erased : mono(entry.data)}</p>
      ${disclosure(
        w.elsewhere,
        html`<p>${w.elsewhereText}</p>
          ${facts(p.lang, [
            { key: w.leafValue, value: mono(entry.leaf) },
            { key: w.dataHash, value: mono(entry.dataHash) },
            { key: w.root, value: mono(entry.head.root) },
            { key: w.proof, value: html`${entry.proof.map((step) => html`<div>${mono(step)}</div>`)}` },
          ])}`,
      )}
    </div>`,
  });
}

function waitView(p: PageContext): Html {
  const w = words(p.lang);
  return show(p, {
    title: w.wait,
    scripts: ["waiting.js"],
    refresh: 2,
    crumbs: [{ href: "/mes-donnees", text: w.back }],
    main: html`<div class="t-text">
      <h1>${w.wait}</h1>
      ${live("sealing", html`<p>${w.waitText}</p>`)}
      ${refreshNote(p.lang, { path: p.path, seconds: 2, stopped: false, stopPath: "/mes-donnees", resumePath: p.path })}
    </div>`,
  });
}

export const proofPage = page({
  id: "portal.proof",
  path: "/mes-donnees/preuve/{fact}",
  who: person({ level: "substantial" }),
  reads: [readMyEntry],
  input: T.Object({ fact: T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }) }),
  render: async (p, { fact }) => {
    try {
      return proofView(p, await p.call(readMyEntry, { fact }));
    } catch (error) {
      if (error instanceof Problem && error.code === "trust.not-sealed-yet") return waitView(p);
      throw error;
    }
  },
});
