import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { PartName } from "#network/api";

/** What a site remembers: enough to live and to start without the centre. */
export interface Kept {
  boot: number;
  fence: string;
  parts: Partial<Record<PartName, { hash: string; text: string; print: string }>>;
  /** Answers to the last orders, by idempotency key. */
  receipts: Record<string, object>;
}

export interface Disk {
  dir: string;
  kept: Kept;
  save(): void;
  /** Who this agent is (Ed25519); made at the first start, never leaves. */
  identity: KeyObject;
  identityPublic: string;
  /** WireGuard private key of a slot, base64; with `fresh` another one. */
  secret(slot: 0 | 1, fresh?: boolean): string;
  publicOf(slot: 0 | 1): string;
}

const mostReceipts = 50;

export function openDisk(dir: string): Disk {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, "kept.json");
  const kept: Kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { boot: 0, fence: "0", parts: {}, receipts: {} };
  kept.boot += 1;
  const save = () => {
    for (const key of Object.keys(kept.receipts).slice(0, -mostReceipts)) delete kept.receipts[key];
    write(file, JSON.stringify(kept));
  };
  save();
  const pem = join(dir, "agent.key");
  if (!existsSync(pem)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    write(pem, privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  }
  const identity = createPrivateKey(readFileSync(pem));
  const path = (slot: 0 | 1) => join(dir, `wg${slot}.key`);
  const secret = (slot: 0 | 1, fresh = false) => {
    if (fresh || !existsSync(path(slot))) {
      const { privateKey } = generateKeyPairSync("x25519");
      write(path(slot), Buffer.from(privateKey.export({ format: "jwk" }).d!, "base64url").toString("base64"));
    }
    return readFileSync(path(slot), "utf8");
  };
  return {
    dir,
    kept,
    save,
    identity,
    identityPublic: publicDer(identity),
    secret,
    publicOf: (slot) => wireguardPublic(secret(slot)),
  };
}

/** Whole or not at all: written beside, synced, renamed. */
function write(path: string, text: string): void {
  const fd = openSync(`${path}.new`, "w", 0o600);
  writeSync(fd, text);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(`${path}.new`, path);
}

function publicDer(key: KeyObject): string {
  return Buffer.from(createPublicKey(key).export({ type: "spki", format: "der" })).toString("base64");
}

/** RFC 7748: the 32 bytes as PKCS #8 wants them (RFC 8410). */
const x25519 = Buffer.from("302e020100300506032b656e04220420", "hex");
function wireguardPublic(secret: string): string {
  const key = createPrivateKey({ key: Buffer.concat([x25519, Buffer.from(secret, "base64")]), format: "der", type: "pkcs8" });
  return Buffer.from(createPublicKey(key).export({ format: "jwk" }).x!, "base64url").toString("base64");
}
