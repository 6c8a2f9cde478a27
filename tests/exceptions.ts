/** Where each third-party package lives (rule 8); each has a page in docs/decisions/. */
export const packageHomes: Record<string, string[]> = {
  "@fastify/multipart": ["kernel/"],
  fastify: ["kernel/"],
  typebox: ["kernel/"],
  pg: ["kernel/", "apps/server/", "drivers/rows-postgres/"],
  mysql2: ["drivers/rows-mysql/"],
  yauzl: ["drivers/rows-file/"],
  saxes: ["drivers/rows-file/", "drivers/equipment-ssh/"],
  "net-snmp": ["drivers/equipment-snmp/"],
  ssh2: ["drivers/equipment-ssh/"],
  "pg-boss": ["kernel/"],
  pino: ["kernel/"],
  "prom-client": ["kernel/"],
  pkcs11js: ["drivers/keys-pkcs11/"],
  "@myriaddreamin/typst-ts-node-compiler": ["modules/documents/"],
  uqr: ["modules/documents/"],
  yaml: ["modules/exchange/"],
  nodemailer: ["drivers/email-smtp/"],
  "oidc-provider": ["modules/identity/"],
  "@simplewebauthn/server": ["modules/identity/"],
  "d3-geo": ["apps/console/"],
  "topojson-client": ["apps/console/"],
  esbuild: ["ui/"],
  sass: ["ui/"],
};

/** Files over 300 lines, each with its reason (rule 10). */
export const longFiles: Record<string, string> = {
  "tests/portal/samples.ts": "one view a state a citizen can meet: a list, not a program",
  "kernel/reconcile/reconcile.test.ts": "every way a controller may die, on one world and one far side",
  "tests/portal/fakes.ts": "one answer a contract the portal names: a list, not a program",
};

/** Files that may use the machine's clock or randomness directly (rule 9), each with its reason. */
export const randomnessAllowed: Record<string, string> = {
  "kernel/time.ts": "the one source of both",
  "kernel/secrets.ts": "makes the installation's master secret once",
  "kernel/postgres.ts": "makes the database owner's password once",
  "kernel/facts.ts": "salts of facts never need to be repeated",
  "kernel/queue.ts": "jitter between polls",
  "apps/agent/clock.ts": "a program of its own at a site: no kernel behind it",
  "kernel/migrate.ts": "runs before there is a context",
};
