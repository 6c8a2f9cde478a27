import { randomUUID } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { anchorFingerprint, decideFederation, ensureAnchor, importAnchor, setOpening, stopFederation } from "#exchange";
import { decideProposal, listFederations, proposeRight, readServers, readService } from "#exchange/api";
import type { OfficialCaller } from "#kernel";
import type { Config } from "#kernel/config";
import type { Kernel } from "#kernel/kernel";
import { withProgram } from "../program.ts";

const usage = `federation anchor [file]                     our anchor: into a file, its fingerprint to be read aloud
federation import <file> [--heard <digits>]  the other instance\u2019s; with what was heard a demonstration approves too, elsewhere a second official does (console)
federation list
federation open|close <instance> <identifier>  a subsystem (it may ask there) or a service (it may be asked from there)
federation suspend|withdraw <instance> <reason>
federation grant <service> <subsystem> <purpose> [field,field]   demonstration only: stands for both people of the service\u2019s institution`;

const largest = 400_000;
const system = { caller: { kind: "system" as const, module: "federation" } };

/** A demonstration's command stands for people; in production nobody but they act. */
const official = (institution: string, permissions: readonly string[]): OfficialCaller => ({
  kind: "official",
  account: randomUUID(),
  person: null,
  level: "high",
  session: "command",
  institution,
  role: "demonstration",
  permissions: new Set(permissions),
});
const asking = (caller: OfficialCaller) => ({ caller, key: randomUUID(), lang: "en" as const, ip: "127.0.0.1" });

type Act = (kernel: Kernel, args: string[], config: Config) => Promise<string>;

const listed = async (kernel: Kernel) => (await kernel.call(listFederations, {}, asking(official("", [readServers.id])))).federations;

async function idOf(kernel: Kernel, instance: string): Promise<string> {
  const found = (await listed(kernel)).find((one) => one.instance === instance && ["waiting", "approved", "suspended"].includes(one.state));
  if (!found) throw new Error(`There is no federation with ${instance}.`);
  return found.id;
}

const stopping =
  (outcome: "suspended" | "withdrawn"): Act =>
  async (kernel, [instance = "", ...words]) => {
    const reason = words.join(" ");
    if (reason.length < 3) throw new Error(usage);
    const id = await idOf(kernel, instance);
    await kernel.transaction((ctx) => stopFederation(ctx, { id, outcome, reason }), system);
    return `${instance}: ${outcome}. A running house cuts its connections within seconds.`;
  };

const opening =
  (open: boolean): Act =>
  async (kernel, [instance = "", what = ""]) => {
    await kernel.transaction((ctx) => setOpening(ctx, { instance, what, open }), system);
    return `${what}: ${open ? "shown to" : "hidden from"} ${instance}; it hears of it within half a minute.`;
  };

const acts: Record<string, Act> = {
  async anchor(kernel, [file]) {
    const made = await ensureAnchor(kernel.jobContext("exchange.federation-command"));
    const text = JSON.stringify(made.file);
    if (file) writeFileSync(file, text);
    const where = file ? `Written to ${file}.` : text;
    return `${where}\nFingerprint, to be read over the telephone:\n\n  ${anchorFingerprint(made.file)}\n\nValid until ${made.validUntil.toISOString().slice(0, 10)}; it renews itself.`;
  },
  async import(kernel, [file, option, heard], config) {
    if (!file || (option !== undefined && (option !== "--heard" || !heard))) throw new Error(usage);
    if (statSync(file).size > largest) throw new Error(`${file} is too large to be an anchor`);
    const row = await kernel.transaction((ctx) => importAnchor(ctx, readFileSync(file, "utf8")), system);
    const shown = `Anchor of ${row.instance}, fingerprint ${anchorFingerprint(row.anchor)}`;
    if (heard === undefined)
      return `${shown}\nNothing is believed yet: have the other instance read its fingerprint to you, then another person approves.`;
    if (!config.demo)
      throw new Error(`${shown}\nImported. Outside a demonstration another official approves it: console, exchange, federation.`);
    await kernel.transaction(
      (ctx) => decideFederation(ctx, { id: row.id, outcome: "approved", fingerprint: heard }, "system:demonstration"),
      system,
    );
    return `${shown}\nApproved: it is the one that was heard.`;
  },
  async list(kernel) {
    const all = await listed(kernel);
    const line = (f: (typeof all)[number]) =>
      `${f.instance.padEnd(6)}${f.state.padEnd(12)}${f.fingerprint}  ${f.heardAt ? `version ${f.version}, heard ${f.heardAt}` : "not heard yet"}${f.fault ? `  (${f.fault})` : ""}`;
    return all.length > 0 ? all.map(line).join("\n") : "No other instance.";
  },
  open: opening(true),
  close: opening(false),
  suspend: stopping("suspended"),
  withdraw: stopping("withdrawn"),
  async grant(kernel, [service = "", subject = "", purpose = "", fields], config) {
    if (!config.demo)
      throw new Error("Rights are the institution’s: one of its officials proposes, another approves (console, exchange, rights).");
    const { provider } = await kernel.call(readService, { id: service }, asking(official("", [])));
    const right = {
      service,
      subject,
      purposes: [purpose],
      ...(fields ? { fields: fields.split(",").map((name) => `/rows/*/${name.replaceAll(".", "/")}`) } : {}),
      methods: ["GET" as const],
      path: "/",
      basis: { fr: "Convention entre les deux pays (illustrative)", en: "Agreement between the two countries (illustrative)" },
      from: kernel.host.clock.today(),
    };
    const { id } = await kernel.call(proposeRight, right, asking(official(provider.institution, ["exchange.manage-services"])));
    await kernel.call(decideProposal, { id, approve: true }, asking(official(provider.institution, ["exchange.approve-proposals"])));
    return `${subject} may ask ${service} for ${purpose}.`;
  },
};

/** Beside the running house or alone; what it changes, the running house takes up within seconds. */
export async function run(config: Config, args: string[]): Promise<void> {
  const [name = "", ...rest] = args;
  const act = acts[name];
  if (!act) throw new Error(usage);
  console.log(await withProgram(config, (kernel) => act(kernel, rest, config)));
}
