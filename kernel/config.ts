import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { PublicConfig } from "./context.ts";

export interface Config extends PublicConfig {
  port: number;
  host: string;
  country: string;
  /** An external server instead of the embedded one; its log-in owns the schemas. */
  databaseUrl: string | undefined;
  /** Installation-wide passphrase: keys on disk and every derived secret hang on it. */
  passphrase: string | undefined;
  /** Direct peers whose X-Forwarded-* we believe. */
  trustedProxy: string | undefined;
  tls: { cert: string; key: string } | undefined;
  logLevel: string;
  /** Seconds added to the clock; refused in production. */
  clockOffset: number;
}

type Env = Record<string, string | undefined>;

/**
 * The one reader of the environment. Production (TOGUNA_DEMO=0) refuses what only a demonstration may do:
 * plain http without a named proxy, a moved clock, a missing passphrase.
 */
export function readConfig(env: Env = process.env, defaults: { demo?: boolean } = {}): Config {
  const demo = env.TOGUNA_DEMO === undefined ? (defaults.demo ?? false) : env.TOGUNA_DEMO === "1";
  const port = whole(env.TOGUNA_PORT, 8080, "TOGUNA_PORT");
  const origin = (env.TOGUNA_ORIGIN ?? `http://localhost:${port}`).replace(/\/+$/, "");
  const production = !demo;
  const passphraseFile = env.TOGUNA_KEYS_PASSPHRASE_FILE;
  const passphrase = passphraseFile ? readFileSync(passphraseFile, "utf8").trim() : undefined;
  const tls = env.TOGUNA_TLS_CERT && env.TOGUNA_TLS_KEY ? { cert: env.TOGUNA_TLS_CERT, key: env.TOGUNA_TLS_KEY } : undefined;
  const clockOffset = whole(env.TOGUNA_CLOCK_OFFSET, 0, "TOGUNA_CLOCK_OFFSET");
  if (!URL.canParse(origin)) throw new Error("TOGUNA_ORIGIN must be an absolute address such as https://services.example");
  if (production) {
    const wrong = [
      !origin.startsWith("https://") && "TOGUNA_ORIGIN must be https",
      !tls && !env.TOGUNA_TRUSTED_PROXY && "TLS is needed: TOGUNA_TLS_CERT and TOGUNA_TLS_KEY, or TOGUNA_TRUSTED_PROXY",
      !passphrase && "TOGUNA_KEYS_PASSPHRASE_FILE is needed",
      passphrase === demoPassphrase && "the demonstration passphrase is not accepted",
      clockOffset !== 0 && "TOGUNA_CLOCK_OFFSET is for demonstrations only",
    ].filter(Boolean);
    if (wrong.length) throw new Error(`Production refuses to start: ${wrong.join("; ")}. (TOGUNA_DEMO=1 starts a demonstration.)`);
  }
  return {
    origin,
    demo,
    production,
    port,
    host: env.TOGUNA_HOST ?? (demo ? "127.0.0.1" : "0.0.0.0"),
    dataDir: resolve(env.TOGUNA_DATA ?? ".toguna"),
    country: env.TOGUNA_COUNTRY ?? "bf",
    databaseUrl: env.DATABASE_URL || undefined,
    passphrase: passphrase ?? (demo ? demoPassphrase : undefined),
    trustedProxy: env.TOGUNA_TRUSTED_PROXY || undefined,
    tls,
    role: env.TOGUNA_ROLE ?? "all",
    logLevel: env.TOGUNA_LOG ?? (demo ? "warn" : "info"),
    clockOffset,
    setting: (name) => env[`TOGUNA_${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`],
  };
}

/** Known to everyone, so worth nothing: fine for a demonstration, refused elsewhere. */
export const demoPassphrase = "toguna-demonstration";

function whole(text: string | undefined, fallback: number, name: string): number {
  if (text === undefined || text === "") return fallback;
  const n = Number(text);
  if (!Number.isInteger(n)) throw new Error(`${name} must be a whole number`);
  return n;
}
