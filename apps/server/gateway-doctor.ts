import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { epochs, evidenceState, gatewayHealth, heldSince, maintenanceState, ownLog, refreshBook, whoJoined } from "#exchange";
import type { JobContext } from "#kernel";
import type { Config } from "#kernel/config";
import type { Findings } from "./findings.ts";
import { withGateway } from "./gateway-program.ts";

const patience = 8000;
/** Seconds a clock may differ: the centre refuses requests signed five minutes off. */
const skew = 60;
const soonDays = 30;
const day = 86_400_000;

/** `doctor` in the folder of a gateway: each cause by its name, and who can act. */
export async function doctorGateway(config: Config, f: Findings): Promise<void> {
  await f.check("Permissions of the folder", () => permissions(config.dataDir), `chmod 600 the files, 700 the folder of keys`);
  await f.check("Free disk", () => {
    const s = statfsSync(config.dataDir);
    const free = (s.bavail * s.bsize) / 1e9;
    if (free < 0.2) throw new Error(`${free.toFixed(2)} GB left: messages can no longer be logged, so none pass`);
    return `${free < 2 ? "!" : ""}${free.toFixed(1)} GB`;
  });
  await f.check("Passphrase of the keys", () => (config.passphrase ? undefined : "!TOGUNA_KEYS_PASSPHRASE_FILE is not set"));
  let reached = false;
  await f.check(
    "Database",
    async () => (await database(config, f), (reached = true), undefined),
    "Is DATABASE_URL right, is its server running?",
  );
  if (!reached) return;
  await withGateway(config, async (kernel) => {
    const j = kernel.jobContext("exchange.doctor");
    await f.check("Secrets of the log", async () => void (await ownLog(j)));
    await f.check("Membership", async () => {
      const row = await whoJoined(j);
      if (!row?.server) throw new Error("this gateway has not joined an exchange: start it once with --join <token>");
      return `${row.server} of ${row.centre}`;
    });
    const joined = await whoJoined(j);
    if (!joined?.server) return;
    await refreshBook(j);
    await f.check("Centre", () => centre(joined.centre), "Without it traffic goes on as long as the policy allows");
    await health(config, j, f);
    await log(j, f);
  }).catch((error: unknown) => f.fail(`Program: ${(error as Error).message}`));
}

function permissions(dataDir: string): string | void {
  accessSync(dataDir, constants.R_OK | constants.W_OK);
  const open = ["master.key", "runtime.password", "gateway.json", "admin.json", "postgres.password", "keys"].filter((name) => {
    const found = statSync(join(dataDir, name), { throwIfNoEntry: false });
    return found && (found.mode & 0o077) !== 0;
  });
  if (open.length > 0) throw new Error(`others on this machine can read ${open.join(", ")}`);
}

/** Reached at all, which version, is its clock ours. */
async function database(config: Config, f: Findings): Promise<void> {
  if (!config.databaseUrl) {
    if (!existsSync(join(config.dataDir, "postgres"))) throw new Error("not made yet: the first start makes it");
    return;
  }
  const client = new pg.Client({ connectionString: config.databaseUrl, connectionTimeoutMillis: patience });
  try {
    await client.connect();
    const { rows } = await client.query<{ drift: number }>("select extract(epoch from clock_timestamp() - $1::timestamptz)::int drift", [
      new Date(),
    ]);
    if (Math.abs(rows[0]?.drift ?? 0) > 5) f.note(`Database clock differs by ${rows[0]?.drift} s`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Any answer will do: it tells that name, route, port and certificate are right, and what time it is there. */
async function centre(url: string): Promise<string | void> {
  const began = Date.now();
  const answer = await fetch(`${url}/exchange/configuration/head`, {
    method: "POST",
    body: "{}",
    signal: AbortSignal.timeout(patience),
  }).catch((error: unknown) => {
    const { code, message } = ((error as { cause?: { code?: string; message?: string } }).cause ?? {}) as {
      code?: string;
      message?: string;
    };
    const known: Record<string, string> = {
      ENOTFOUND: "its name is not known here (DNS)",
      EAI_AGAIN: "no name server answers (DNS)",
      ECONNREFUSED: "nobody listens there (port, or the centre is stopped)",
      ETIMEDOUT: "nothing comes back (route or firewall)",
      CERT_HAS_EXPIRED: "its TLS certificate has expired",
      DEPTH_ZERO_SELF_SIGNED_CERT: "its TLS certificate is signed by nobody known",
      UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its TLS certificate is signed by nobody known",
    };
    throw new Error(`${url} is not reached: ${known[code ?? ""] ?? code ?? message ?? (error as Error).message}`);
  });
  const told = Date.parse(answer.headers.get("date") ?? "");
  const apart = Number.isNaN(told) ? 0 : Math.round((began - told) / 1000);
  if (Math.abs(apart) > 300) throw new Error(`the clocks differ by ${apart} s: the centre refuses what this server signs`);
  return `${Math.abs(apart) > skew ? "!" : ""}${url}, clocks ${apart} s apart`;
}

async function health(config: Config, j: JobContext, f: Findings): Promise<void> {
  const h = await gatewayHealth(j);
  const now = j.clock.now().getTime();
  for (const kind of ["tls", "seal"] as const)
    await f.check(
      `Certificate (${kind})`,
      () => {
        const one = h.certificates.find((c) => c.kind === kind);
        if (!one) throw new Error("none is good now: ended, revoked, or its key is not in this folder");
        const days = Math.floor((Date.parse(one.notAfter) - now) / day);
        return `${days < soonDays ? "!" : ""}until ${one.notAfter.slice(0, 10)}, ${days} days`;
      },
      "Is the centre reached? It renews them; a retired server joins anew",
    );
  await f.check("Directory", () => {
    if (!h.configuration) throw new Error("none yet");
    return `${h.configuration.age > 3600 ? "!" : ""}version ${h.configuration.version}, confirmed ${Math.round(h.configuration.age / 60)} min ago`;
  });
  const self = h.servers.find((one) => one.id === h.server);
  const running = existsSync(join(config.dataDir, "admin.json"));
  if (self)
    await f.check(
      "Server port",
      () => (running ? listens(self.address) : "!the gateway is not running"),
      "Do the other servers reach it? Firewall, address, port",
    );
  const away = await maintenanceState(j);
  if (away.until) f.note(`In maintenance until ${away.until}${away.notice ? `: ${away.notice}` : ""}`);
}

/** Under the address that the others were given. */
const listens = (address: string): Promise<string> =>
  new Promise((done, fail) => {
    const at = address.lastIndexOf(":");
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
    const timer = setTimeout(() => (socket.destroy(), fail(new Error(`${address} does not answer from here`))), patience);
    socket.once("connect", () => (clearTimeout(timer), socket.destroy(), done(address)));
    socket.once(
      "error",
      (error: NodeJS.ErrnoException) => (clearTimeout(timer), fail(new Error(`${address}: ${error.code ?? error.message}`))),
    );
  });

async function log(j: JobContext, f: Findings): Promise<void> {
  const { state, held, all } = await j.transaction(
    async (ctx) => ({ state: await evidenceState(ctx), held: await heldSince(ctx.db), all: await epochs(ctx.db) }),
    { readOnly: true },
  );
  await f.check("Message log", () => {
    const late = state.unstampedSince ? (j.clock.now().getTime() - Date.parse(state.unstampedSince)) / 60_000 : 0;
    if (late > 5) return `!${state.leaves} leaves; no time stamp for ${Math.round(late)} min: is the authority (TOGUNA_TSA_URL) there?`;
    return `${state.leaves} leaves, ${state.waiting} wait for the sealer`;
  });
  if (held) f.note("Restored and not compared yet: the log is sealed on once the centre was asked, or with gateway-epoch --begin");
  for (const one of all)
    f.note(
      `The log was put back on ${one.at.toISOString().slice(0, 10)} at ${one.size} leaves${one.seen === null ? "" : `, the centre had seen ${one.seen}`}: since then ${one.origin}`,
    );
}
