import { argon2Sync, createCipheriv, createDecipheriv } from "node:crypto";
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Sealed {
  nonce: string;
  sealed: string;
  tag: string;
}

interface RingFile {
  format: 1;
  /** argon2id parameters, kept with the salt so that they can grow later */
  salt: string;
  memory: number;
  passes: number;
  /** a known text sealed: tells a wrong passphrase from damaged keys */
  check: Sealed;
}

export interface Stored {
  label: string;
  spki: Uint8Array;
  /** PKCS#8 */
  secret: Uint8Array;
}

export interface Keyring {
  write(id: string, key: Stored): void;
  read(id: string): Stored | undefined;
  remove(id: string): void;
}

const name = /^[A-Za-z0-9-]{1,64}$/;
const known = "toguna keyring";

export type Random = (bytes: number) => Uint8Array;

export function openKeyring(folder: string, passphrase: string, random: Random): Keyring {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "keyring.json");
  if (readIfThere(file) === undefined) create(folder, file, passphrase, random);
  const ring = JSON.parse(readFileSync(file, "utf8")) as RingFile;
  const key = stretch(passphrase, ring);
  if (open(key, ring.check, "check")?.toString() !== known)
    throw new Error("the passphrase does not open the keys of this installation (TOGUNA_KEYS_PASSPHRASE_FILE)");
  return {
    write(id, stored) {
      if (!name.test(id)) throw new Error("not a key's name");
      const body = {
        label: stored.label,
        spki: Buffer.from(stored.spki).toString("base64"),
        ...seal(key, stored.secret, id, random),
      };
      const temporary = temporaryFile(folder, JSON.stringify(body, null, 1), random);
      renameSync(temporary, join(folder, `${id}.json`));
      syncFolder(folder);
    },
    read(id) {
      const text = name.test(id) && id !== "keyring" ? readIfThere(join(folder, `${id}.json`)) : undefined;
      if (text === undefined) return undefined;
      const body = JSON.parse(text) as Sealed & { label: string; spki: string };
      const secret = open(key, body, id);
      if (!secret) throw new Error(`key ${id} is damaged: its file does not open`);
      return { label: body.label, spki: new Uint8Array(Buffer.from(body.spki, "base64")), secret };
    },
    remove(id) {
      if (name.test(id) && id !== "keyring") rmSync(join(folder, `${id}.json`), { force: true });
    },
  };
}

/** Two first starts at once: both write a whole file aside, one link succeeds, both read that one. */
function create(folder: string, file: string, passphrase: string, random: Random): void {
  const salt = Buffer.from(random(16)).toString("base64");
  const parameters = { salt, memory: 65_536, passes: 3 };
  const check = seal(stretch(passphrase, parameters), Buffer.from(known), "check", random);
  const temporary = temporaryFile(folder, JSON.stringify({ format: 1, ...parameters, check } satisfies RingFile, null, 1), random);
  try {
    linkSync(temporary, file);
    syncFolder(folder);
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function stretch(passphrase: string, o: Pick<RingFile, "salt" | "memory" | "passes">): Buffer {
  return argon2Sync("argon2id", {
    message: Buffer.from(passphrase.normalize("NFKC")),
    nonce: Buffer.from(o.salt, "base64"),
    parallelism: 1,
    tagLength: 32,
    memory: o.memory,
    passes: o.passes,
  });
}

function seal(key: Buffer, plain: Uint8Array, label: string, random: Random): Sealed {
  const nonce = Buffer.from(random(12));
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(label));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return { nonce: nonce.toString("base64"), sealed: sealed.toString("base64"), tag: cipher.getAuthTag().toString("base64") };
}

function open(key: Buffer, from: Sealed, label: string): Buffer | undefined {
  try {
    const cipher = createDecipheriv("aes-256-gcm", key, Buffer.from(from.nonce, "base64"), { authTagLength: 16 });
    cipher.setAAD(Buffer.from(label)).setAuthTag(Buffer.from(from.tag, "base64"));
    return Buffer.concat([cipher.update(Buffer.from(from.sealed, "base64")), cipher.final()]);
  } catch {
    return undefined;
  }
}

/** The whole content reaches the disk before it gets its name: a power cut leaves the old state or the new one. */
function temporaryFile(folder: string, text: string, random: Random): string {
  const path = join(folder, `.${Buffer.from(random(9)).toString("hex")}.new`);
  const handle = openSync(path, "wx", 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  return path;
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}
