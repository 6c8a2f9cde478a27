/** How the gateway and an institution's system know each other: verified unless said otherwise, by the institution's own authority, both ways if wished. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { after, before, test } from "node:test";
import * as api from "#exchange/api";
import { type House, house } from "./port.ts";

const skip = spawnSync("openssl", ["version"]).status === 0 ? false : "openssl is not installed";
const folder = mkdtempSync(join(tmpdir(), "toguna-provider-"));
const at = (name: string) => join(folder, name);
const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore", cwd: folder });
let h: House;
let system: Server;
const shown: string[] = [];

before(async () => {
  if (skip) return;
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Institution CA", "-days", "3650");
  openssl("req", ...key, "-keyout", "s.key", "-out", "s.csr", "-subj", "/CN=land");
  writeFileSync(at("names.cnf"), "subjectAltName=IP:127.0.0.1");
  openssl(
    "x509",
    "-req",
    "-in",
    "s.csr",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-out",
    "s.pem",
    "-days",
    "3650",
    "-extfile",
    "names.cnf",
  );
  h = await house();
  system = createServer(
    { cert: readFileSync(at("s.pem")), key: readFileSync(at("s.key")), requestCert: true, rejectUnauthorized: false },
    (req, res) => {
      shown.push((req.socket as TLSSocket).getPeerCertificate().subject?.CN?.toString() ?? "nobody");
      res.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
    },
  );
  await new Promise<void>((done) => system.listen(0, "127.0.0.1", done));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (skip) return;
  system.closeAllConnections();
  system.close();
  await h.close();
});

async function published(code: string, more: object): Promise<() => Promise<string>> {
  const as = (account: string, ...permissions: string[]) => h.world.clerk("bf-dgi", permissions, { account });
  const subsystem = "BF/GOV/DGI/CADASTRE";
  const client = "BF/GOV/SONABEL/ABONNES";
  const manager = as("m", "exchange.manage-services", "exchange.read-rights");
  const base = {
    subsystem,
    code,
    title: { fr: code },
    baseUrl: `https://127.0.0.1:${(system.address() as AddressInfo).port}`,
    endpoints: [{ method: "GET" as const, path: "/" }],
    timeoutSeconds: 5,
  };
  const service = await h.world.call(api.proposeService, { ...base, ...more }, { as: manager });
  await h.world.call(api.decideProposal, { id: service.id, approve: true }, { as: as("o", "exchange.approve-directory") });
  const right = {
    service: `${subsystem}/${code}`,
    subject: client,
    purposes: ["utility-connection"],
    methods: ["GET" as const],
    path: "**",
    basis: { fr: "x" },
    from: "2026-01-01",
  };
  const granted = await h.world.call(api.proposeRight, right, { as: manager });
  await h.world.call(api.decideProposal, { id: granted.id, approve: true }, { as: as("c", "exchange.approve-proposals") });
  return async () => {
    const r = await h.call(`/r1/${subsystem}/${code}`, { headers: { "X-Road-Client": client, "Exchange-Purpose": "utility-connection" } });
    return r.head["x-road-error"] ?? `${r.status} ${r.text}`;
  };
}

test("a certificate nobody vouches for is refused before anything is sent, unless the institution said not to look", { skip }, async () => {
  const strict = await published("strict", {});
  assert.equal(await strict(), "server.serverproxy.network_error");
  assert.deepEqual(shown, []);
  const lax = await published("lax", { verifyTls: false });
  assert.equal(await lax(), '200 {"ok":true}');
  // a connection made without looking is never lent to a service that looks
  assert.equal(await strict(), "server.serverproxy.network_error");
});

test("the institution's own authority is enough, and the gateway shows its certificate where it is asked to", { skip }, async () => {
  shown.length = 0;
  const own = await published("own", { ca: readFileSync(at("ca.pem"), "utf8") });
  assert.equal(await own(), '200 {"ok":true}');
  assert.deepEqual(shown, ["nobody"]);
  const mutual = await published("mutual", { ca: readFileSync(at("ca.pem"), "utf8"), clientCertificate: true });
  assert.equal(await mutual(), '200 {"ok":true}');
  assert.equal(shown.at(-1), "BF/GATEWAY-CLIENT");
  assert.equal(await own(), '200 {"ok":true}');
  assert.equal(shown.at(-1), "nobody");
});
