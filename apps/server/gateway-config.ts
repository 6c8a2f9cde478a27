import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { addressPattern, type JoiningToken, readToken } from "#exchange";
import { type Config, readConfig } from "#kernel/config";

/** What `gateway` was told, on the command line first, then by the environment, then by its own earlier start. */
export interface GatewayOptions {
  token: JoiningToken | undefined;
  centre: string | undefined;
  /** r1, for the institution's own systems. */
  clientPort: number;
  /** Health and metrics, on this machine only. */
  adminPort: number;
}

interface Remembered {
  country: string;
  demo: boolean;
  centre: string;
  /** Of a second server on the same database: which keys there are its own. */
  place?: string;
}

type Env = Record<string, string | undefined>;
const wrong = (why: string): never => {
  throw new Error(why);
};

function read(args: string[]) {
  return parseArgs({
    args,
    options: {
      join: { type: "string" },
      centre: { type: "string" },
      port: { type: "string" },
      "server-port": { type: "string" },
      "admin-port": { type: "string" },
      address: { type: "string" },
    },
  }).values;
}

const portOf = (text: string | undefined, fallback: number, name: string): number => {
  const n = Number(text ?? fallback);
  return Number.isInteger(n) && n >= 0 && n < 65_536 ? n : wrong(`--${name} must be a port`);
};

/** Is the folder the environment names a gateway's? Then the local commands are that gateway's. */
export const isGatewayFolder = (env: Env): boolean =>
  env.TOGUNA_DATA !== undefined && existsSync(join(resolve(env.TOGUNA_DATA), "gateway.json"));

/**
 * The folder of a second server of the same institution: the secrets that their common log needs, and a place of its own for its
 * keys, which are made at its start and never leave it.
 */
export function siblingFolder(from: string, to: string): void {
  const read = (name: string) => readFileSync(join(from, name));
  const known = JSON.parse(read("gateway.json").toString("utf8")) as Remembered;
  mkdirSync(to, { recursive: true, mode: 0o711 });
  if (readdirSync(to).length > 0) throw new Error(`${to} is not empty: a second server begins with a new folder`);
  for (const name of ["master.key", "runtime.password"]) writeFileSync(join(to, name), read(name), { mode: 0o600 });
  writeFileSync(join(to, "gateway.json"), JSON.stringify({ ...known, place: randomUUID() } satisfies Remembered, null, 1), { mode: 0o600 });
}

/** A gateway is the same program with a role of its own, a folder of its own and, unless said, ports beside the house's. */
export function gatewayConfig(env: Env, args: string[]): { config: Config; options: GatewayOptions } {
  const said = read(args);
  const token = said.join === undefined ? undefined : (readToken(said.join) ?? wrong("--join wants the whole token, as it was shown"));
  const dataDir = resolve(env.TOGUNA_DATA ?? ".toguna-gateway");
  const file = join(dataDir, "gateway.json");
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Remembered) : undefined;
  const place = before?.place === undefined ? {} : { place: before.place };
  const known: Remembered | undefined = token ? { country: token.country, demo: token.demo, centre: token.centre, ...place } : before;
  if (!known) return wrong("This gateway has not joined an exchange: start it once with --join <token>; the centre gives the token.");
  const centre = (said.centre ?? known.centre).replace(/\/+$/, "");
  if (!/^https?:\/\//.test(centre)) wrong("--centre must be the address of the house, such as https://services.example");
  const demo = (env.TOGUNA_DEMO ?? (known.demo ? "1" : "0")) === "1";
  if (!demo && !centre.startsWith("https://")) wrong("The centre of a gateway in production is reached by https");
  const address = said.address ?? env.TOGUNA_GATEWAY_ADDRESS;
  if (address !== undefined && !new RegExp(addressPattern).test(address)) wrong("--address must be host:port, as other servers reach it");
  if (!demo && address === undefined) wrong("--address host:port is needed: where the other servers reach this one");
  const serverPort = said["server-port"] ?? env.TOGUNA_GATEWAY_PORT;
  const config = readConfig({
    ...env,
    TOGUNA_ROLE: "gateway",
    TOGUNA_KEY_PLACE: known.place,
    TOGUNA_DEMO: demo ? "1" : "0",
    TOGUNA_DATA: dataDir,
    TOGUNA_COUNTRY: env.TOGUNA_COUNTRY ?? known.country,
    TOGUNA_TSA_URL: env.TOGUNA_TSA_URL ?? `${centre}/tsa`,
    ...(serverPort === undefined ? {} : { TOGUNA_GATEWAY_PORT: serverPort }),
    ...(address === undefined ? {} : { TOGUNA_GATEWAY_ADDRESS: address }),
    // No portal here: what its rules ask for in production is said by the address of the server port.
    TOGUNA_ORIGIN: env.TOGUNA_ORIGIN ?? `${demo ? "http" : "https"}://${address ?? "localhost"}`,
    TOGUNA_TRUSTED_PROXY: env.TOGUNA_TRUSTED_PROXY ?? "127.0.0.1",
  });
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  writeFileSync(file, JSON.stringify({ ...known, demo, centre } satisfies Remembered, null, 1), { mode: 0o600 });
  const options = {
    token,
    centre: said.centre?.replace(/\/+$/, ""),
    clientPort: portOf(said.port ?? env.TOGUNA_EXCHANGE_PORT, 8181, "port"),
    adminPort: portOf(said["admin-port"] ?? env.TOGUNA_ADMIN_PORT, 8182, "admin-port"),
  };
  return { config, options };
}
