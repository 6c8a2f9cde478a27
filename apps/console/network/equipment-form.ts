/** The form of an equipment: how it is reached and with what; one shape for each protocol, no script needed. */
import type { editEquipment, registerEquipment } from "#network/api";
import { html, T, type Form, type Html, type InputOf, type PageContext } from "#kernel";
import { checkbox, input, radios, select, textarea } from "#ui";
import { sent } from "../screen.ts";
import { words } from "./words-equipment.ts";

export const protocols = ["snmp", "netconf", "cli"] as const;
export type Protocol = (typeof protocols)[number];
export const usualPorts = { snmp: 161, netconf: 830, cli: 22 } as const;
const Text = (maxLength: number) => T.Optional(T.String({ maxLength }));

export const EquipmentForm = T.Object({
  protocole: T.Enum([...protocols]),
  nom: T.String({ minLength: 1, maxLength: 120 }),
  adresse: T.String({ minLength: 2, maxLength: 45 }),
  port: Text(5),
  appareil: Text(120),
  profil: Text(40),
  toutes: Text(5),
  moyen: Text(20),
  utilisateur: Text(32),
  authentification: Text(10),
  cle1: Text(200),
  chiffrement: Text(10),
  cle2: Text(200),
  communaute: Text(32),
  faible: Text(5),
  motdepasse: Text(200),
  cle: Text(20_000),
  pause: Text(5),
});
type Sent = Record<string, string | undefined> & { protocole: Protocol; nom: string; adresse: string };
export interface Values {
  protocol: Protocol;
  name?: string | undefined;
  address?: string | undefined;
  port?: string | undefined;
  device?: string | undefined;
  profile?: string | undefined;
  seconds?: string | undefined;
  weak?: boolean | undefined;
  paused?: boolean | undefined;
  /** Kept as typed when the form comes back; never a password. */
  means?: string | undefined;
  user?: string | undefined;
  authentication?: string | undefined;
  privacy?: string | undefined;
}

/** What was typed, never a password: those are typed again. */
export function typed(form: Form | undefined, v: Values): Values {
  const now = (name: string, was: string | undefined) => (form ? sent(form, name) : was);
  return {
    protocol: v.protocol,
    name: now("nom", v.name),
    address: now("adresse", v.address),
    port: now("port", v.port),
    device: now("appareil", v.device),
    profile: now("profil", v.profile),
    seconds: now("toutes", v.seconds),
    weak: form ? sent(form, "faible") === "oui" : v.weak,
    paused: form ? sent(form, "pause") === "oui" : v.paused,
    means: now("moyen", undefined),
    user: now("utilisateur", undefined),
    authentication: now("authentification", undefined),
    privacy: now("chiffrement", undefined),
  };
}

export function fields(p: PageContext, v: Values, o: { editing: boolean }): Html {
  const w = words(p.lang);
  const { lang } = p;
  return html`<input type="hidden" name="protocole" value="${v.protocol}" />
    ${input({ lang, name: "nom", label: w.name, value: v.name ?? "", width: 20, maxlength: 120, autocomplete: "off" })}
    ${input({ lang, name: "adresse", label: w.address, hint: w.addressHint, value: v.address ?? "", width: 20, maxlength: 45, autocomplete: "off", spellcheck: false })}
    ${input({ lang, name: "port", label: w.port, hint: w.portHint(String(usualPorts[v.protocol])), value: v.port ?? "", width: 4, maxlength: 5, inputmode: "numeric", optional: true })}
    ${input({ lang, name: "appareil", label: w.device, hint: w.deviceHint, value: v.device ?? "", width: 20, maxlength: 120, autocomplete: "off", spellcheck: false, optional: true })}
    ${
      v.protocol === "cli"
        ? select({
            lang,
            name: "profil",
            label: w.profile,
            value: v.profile ?? "linux",
            empty: false,
            items: [
              { value: "linux", text: w["profile-linux"] },
              { value: "frr", text: w["profile-frr"] },
            ],
          })
        : ""
    }
    ${select({ lang, name: "toutes", label: w.every, value: v.seconds ?? "300", empty: false, items: ["60", "300", "900", "3600"].map((n) => ({ value: n, text: w.seconds(n) })) })}
    ${o.editing ? html`<div class="t-field">${checkbox("pause", "pause", { value: "oui", text: w.pause }, v.paused ?? false)}</div>` : ""}
    <fieldset class="govuk-fieldset">
      <legend class="govuk-fieldset__legend">${o.editing ? w.newSecret : w.secretNote}</legend>
      ${v.protocol === "snmp" ? snmp(p, v) : ssh(p, v)}
    </fieldset>`;
}

function snmp(p: PageContext, v: Values): Html {
  const w = words(p.lang);
  const { lang } = p;
  const list = (names: readonly string[]) => names.map((n) => ({ value: n, text: n.toUpperCase().replace(/^(SHA|AES)(\d)/, "$1-$2") }));
  return html`${radios({
      lang,
      name: "moyen",
      label: w.version,
      value: v.means || "snmp-v3",
      items: [
        { value: "snmp-v3", text: w.v3 },
        { value: "snmp-v2c", text: w.v2c, hint: w.weakHint },
      ],
    })}
    ${input({ lang, name: "utilisateur", label: w.user, value: v.user ?? "", width: 20, maxlength: 32, autocomplete: "off", spellcheck: false })}
    ${select({ lang, name: "authentification", label: w.authentication, value: v.authentication || "sha256", empty: false, items: list(["sha512", "sha384", "sha256", "sha1"]) })}
    ${input({ lang, name: "cle1", label: w.authenticationKey, hint: w.atLeast8, type: "password", width: 20, maxlength: 200, autocomplete: "off" })}
    ${select({ lang, name: "chiffrement", label: w.privacy, value: v.privacy || "aes128", empty: false, items: list(["aes256", "aes128"]) })}
    ${input({ lang, name: "cle2", label: w.privacyKey, hint: w.atLeast8, type: "password", width: 20, maxlength: 200, autocomplete: "off" })}
    ${input({ lang, name: "communaute", label: w.community, type: "password", width: 20, maxlength: 32, autocomplete: "off", optional: true })}
    <div class="t-field">${checkbox("faible", "faible", { value: "oui", text: w.weakAccept }, v.weak ?? false)}</div>`;
}

function ssh(p: PageContext, v: Values): Html {
  const w = words(p.lang);
  const { lang } = p;
  return html`${radios({
    lang,
    name: "moyen",
    label: w.secretBy,
    value: v.means || "password",
    items: [
      { value: "password", text: w.byPassword },
      { value: "key", text: w.byKey },
    ],
  })}
  ${input({ lang, name: "utilisateur", label: w.user, value: v.user ?? "", width: 20, maxlength: 32, autocomplete: "off", spellcheck: false })}
  ${input({ lang, name: "motdepasse", label: w.password, type: "password", width: 20, maxlength: 200, autocomplete: "off", optional: true })}
  ${textarea({ lang, name: "cle", label: w.privateKey, rows: 4, maxlength: 20_000, optional: true })}`;
}

type Secret = InputOf<typeof registerEquipment>["secret"];
const given = (f: Sent) => [f.utilisateur, f.cle1, f.cle2, f.communaute, f.motdepasse, f.cle].some(Boolean);

/** The contract judges whether it is enough. */
export function secretOf(f: Sent): Secret {
  const user = f.utilisateur ?? "";
  if (f.moyen === "snmp-v2c") return { kind: "snmp-v2c", community: f.communaute ?? "" };
  if (f.moyen === "snmp-v3")
    return {
      kind: "snmp-v3",
      user,
      authentication: (f.authentification ?? "sha256") as "sha256",
      authenticationKey: f.cle1 ?? "",
      privacy: (f.chiffrement ?? "aes128") as "aes128",
      privacyKey: f.cle2 ?? "",
    };
  return f.moyen === "key"
    ? { kind: "key", user, privateKey: `${(f.cle ?? "").replaceAll("\r\n", "\n").trim()}\n` }
    : { kind: "password", user, password: f.motdepasse ?? "" };
}

const common = (f: Sent) => ({
  name: f.nom,
  address: f.adresse.trim(),
  ...(f.port ? { port: Number(f.port) } : {}),
  ...(f.appareil ? { device: f.appareil } : {}),
  ...(f.protocole === "cli" && f.profil ? { profile: f.profil } : {}),
  ...(f.toutes ? { seconds: Number(f.toutes) } : {}),
  weak: f.faible === "oui",
});
export const registration = (form: object): InputOf<typeof registerEquipment> => {
  const f = form as Sent;
  return { protocol: f.protocole, ...common(f), secret: secretOf(f) };
};
export const edition = (id: string, form: object): InputOf<typeof editEquipment> => {
  const f = form as Sent;
  return { id, ...common(f), paused: f.pause === "oui", ...(given(f) ? { secret: secretOf(f) } : {}) };
};
