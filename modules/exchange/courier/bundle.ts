/** A courier's bundle: what waits for another server, carried by hand; its receipts and answers come back in another one. */
import { createPrivateKey, createSign, createVerify, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { JobContext } from "#kernel";
import { apply } from "../outbox/apply.ts";
import { gather, settle } from "../outbox/gather.ts";
import { here, placeOf } from "../outbox/known.ts";
import { isEmpty, largestParcel, readParcel, writeParcel } from "../outbox/parcel.ts";
import { providersWaiting } from "../outbox/store.ts";
import { type Holds } from "../outbox/store-parcels.ts";
import { type Book, kinOf, type Peer, refreshBook } from "../servers/book.ts";
import { ownIdentity } from "../transport/own.ts";
import { bundleRefused } from "./problems.ts";
import { type Header, largestHeader, mark, opening, readHeader, sealing } from "./seal.ts";
import { arrivedFrom, cameAt, dropOut, holdsOf, putIn, putOut } from "./store.ts";

/** One file: what fits on any memory key and is read in minutes. What remains waits for the next. */
const mostParcels = 200;
const mostBytes = 512 * 1024 * 1024;
const room = 1024 * 1024;
/** Days: the memory that recognises a message brought twice is longer than that. */
const oldest = 60 * 86_400_000;
const tolerance = 86_400_000;
const fingerprint = (certificate: X509Certificate): string => certificate.fingerprint256.replaceAll(":", "").toLowerCase();

export interface Exported {
  id: string;
  to: string;
  messages: number;
  answers: number;
  statements: number;
  /** More waits than one file holds. */
  more: boolean;
}
export interface Imported {
  id: string;
  from: string;
  /** Set when this very bundle had come before: nothing was done again. */
  before?: Date;
  taken: number;
  answers: number;
  statements: number;
  doubted: number;
}

async function sides(j: JobContext): Promise<{ book: Book; self: string; key: string; certificate: X509Certificate }> {
  const book = await refreshBook(j);
  const own = await ownIdentity(j);
  if (!book.self || !own)
    throw bundleRefused({ cause: new Error("this program is no exchange server: no other server has joined it yet") });
  return { book, self: book.self, key: own.key, certificate: new X509Certificate(own.certificate) };
}

/** Messages wait inside one instance: nothing is carried to, or believed from, a server of another. */
const insider = (book: Book, server: string): Peer | undefined => {
  const peer = book.servers.get(server);
  return peer?.foreign ? undefined : peer;
};
const goodNow = (peer: Peer, at: Date) => peer.certificates.filter((c) => c.notBefore <= at && at <= c.notAfter);

/** `destination`: a server, or an institution that one answers for. The file appears whole or not at all. */
export async function exportBundle(j: JobContext, destination: string, file: string): Promise<Exported> {
  const { book, self, key, certificate } = await sides(j);
  const to = book.servers.has(destination) ? destination : placeOf(j, destination);
  const peer = insider(book, to);
  const [theirs] = peer && to !== self ? goodNow(peer, j.clock.now()).slice(-1) : [];
  if (!peer || to === here || !theirs)
    throw bundleRefused({ cause: new Error(`${destination} is no other exchange server with a good certificate`) });
  const recipient = new X509Certificate(theirs.certificate);
  const at = j.clock.now();
  const id = j.ids.uuid();
  const arrived = await j.transaction(({ db }) => arrivedFrom(db, to, new Date(at.getTime() - 30 * 86_400_000)), { readOnly: true });
  const header = { id, from: self, to, at: at.toISOString(), signer: fingerprint(certificate), recipient: fingerprint(recipient), arrived };
  const sealed = sealing(header, recipient.publicKey);
  const holds: Holds = { messages: [], answers: [], statements: [] };
  const partial = `${file}.partial`;
  const out = createWriteStream(partial, { flags: "w", mode: 0o600 });
  const sign = createSign("sha256");
  const write = async (bytes: Buffer): Promise<void> => {
    sign.update(bytes);
    if (!out.write(bytes)) await once(out, "drain");
  };
  try {
    await write(sealed.head);
    const providers = (await j.transaction(({ db }) => providersWaiting(db), { readOnly: true }))
      .map((one) => one.provider)
      .filter((one) => kinOf(j, to).includes(placeOf(j, one)));
    let count = 0;
    let size = 0;
    let more = false;
    for (;;) {
      const next = await j.transaction((ctx) => gather(ctx, to, providers, { space: room, except: holds }));
      const last = isEmpty(next.parcel);
      // the last frame is empty and says so: a bundle cut short is no bundle
      const bytes = writeParcel(next.parcel);
      await write(sealed.frame(bytes, count, last));
      if (last) break;
      for (const kind of ["messages", "answers", "statements"] as const) holds[kind].push(...next.holds[kind]);
      count += 1;
      size += bytes.length;
      if (count < mostParcels && size < mostBytes) continue;
      more = true;
      await write(sealed.frame(writeParcel({ certificates: {}, messages: [], answers: [], statements: [] }), count, true));
      break;
    }
    out.write(sign.sign({ key: createPrivateKey(key), dsaEncoding: "ieee-p1363" }));
    out.end();
    await once(out, "finish");
    const handle = await open(partial, "r+");
    await handle.sync();
    await handle.close();
    await j.transaction(({ db }) => putOut(db, { id, peer: to, at, holds }));
    await rename(partial, file);
    return { id, to, messages: holds.messages.length, answers: holds.answers.length, statements: holds.statements.length, more };
  } catch (error) {
    out.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}

const refuse = (why: string): Error => bundleRefused({ cause: new Error(why) });

/** Checked whole before anything of it is believed; brought twice or halfway, nothing is done twice. */
export async function importBundle(j: JobContext, file: string): Promise<Imported> {
  const { book, self, key, certificate } = await sides(j);
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    if (size > mostBytes * 1.2 || size < 200) throw refuse("no bundle is of that size");
    const start = await exactly(handle, 0, 8);
    const length = start.readUInt32BE(4);
    if (!start.subarray(0, 4).equals(mark) || length > largestHeader || 8 + length > size) throw refuse("this file is no bundle");
    const headerBytes = await exactly(handle, 8, length);
    const header = readHeader(headerBytes);
    if (!header) throw refuse("this file is no bundle");
    if (header.to !== self) throw refuse(`this bundle is for ${header.to}, here is ${self}`);
    if (header.recipient !== fingerprint(certificate))
      throw refuse("this bundle is sealed for another certificate of this server: have it made anew");
    const at = new Date(header.at);
    const now = j.clock.now().getTime();
    if (at.getTime() > now + tolerance || at.getTime() < now - oldest)
      throw refuse(`this bundle is of ${header.at}: too old, or not yet made`);
    await signedBy(file, size, signer(book, header));
    const before = await j.transaction(({ db }) => cameAt(db, header.id), { readOnly: true });
    const done: Imported = { id: header.id, from: header.from, taken: 0, answers: 0, statements: 0, doubted: 0 };
    if (before) return { ...done, before };
    await frames(j, handle, size, { header, headerBytes, key, at: 8 + length }, done);
    await j.transaction(async (ctx) => {
      for (const id of header.arrived) {
        const held = await holdsOf(ctx.db, id, header.from);
        if (held) await settle(ctx, header.from, held);
        await dropOut(ctx.db, id);
      }
      await putIn(ctx.db, { id: header.id, peer: header.from, at, importedAt: ctx.clock.now() });
    });
    return done;
  } finally {
    await handle.close();
  }
}

/** The sender's certificate as our directory knows it: the very one, good when the bundle was made. */
function signer(book: Book, header: Header): X509Certificate {
  const peer = insider(book, header.from);
  const known = peer && goodNow(peer, new Date(header.at)).find((c) => c.fingerprint === header.signer);
  if (!known) throw refuse(`${header.from} has no such certificate in the directory of this server`);
  return new X509Certificate(known.certificate);
}

const signatureLength = 64;

async function signedBy(file: string, size: number, by: X509Certificate): Promise<void> {
  const check = createVerify("sha256");
  for await (const piece of createReadStream(file, { end: size - signatureLength - 1 }) as AsyncIterable<Buffer>) check.update(piece);
  const handle = await open(file, "r");
  try {
    const signature = await exactly(handle, size - signatureLength, signatureLength);
    if (!check.verify({ key: by.publicKey, dsaEncoding: "ieee-p1363" }, signature))
      throw refuse("the sender's signature does not fit: the file was altered");
  } finally {
    await handle.close();
  }
}

async function frames(
  j: JobContext,
  handle: FileHandle,
  size: number,
  f: { header: Header; headerBytes: Buffer; key: string; at: number },
  done: Imported,
): Promise<void> {
  const unseal = opening(f.headerBytes, f.header, createPrivateKey(f.key));
  const end = size - signatureLength;
  let at = f.at;
  for (let n = 0; ; n++) {
    if (at + 5 > end || n > mostParcels) throw refuse("the bundle ends in the middle");
    const lead = await exactly(handle, at, 5);
    const last = lead[0] === 1;
    const length = lead.readUInt32BE(1);
    if (length > largestParcel + 16 || length < 16 || at + 5 + length > end) throw refuse("a part of the bundle has no possible size");
    let bytes: Buffer;
    try {
      bytes = unseal(await exactly(handle, at + 5, length), n, last);
    } catch {
      throw refuse("a part of the bundle cannot be opened with this server's key");
    }
    at += 5 + length;
    const parcel = readParcel(bytes);
    if (!parcel) throw refuse("a part of the bundle is no parcel");
    if (last) {
      if (at !== end || !isEmpty(parcel)) throw refuse("something follows the bundle's end");
      return;
    }
    const { taken, doubted } = await apply(j, f.header.from, parcel);
    done.taken += taken;
    done.doubted += doubted;
    done.answers += parcel.answers.length;
    done.statements += parcel.statements.length;
  }
}

async function exactly(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, at);
  if (bytesRead !== length) throw refuse("the bundle ends in the middle");
  return bytes;
}
