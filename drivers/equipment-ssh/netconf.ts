/** NETCONF (RFC 6241) over SSH (RFC 6242): hello, `<get>` with subtree filters of models the device announced, close. Nothing else is ever sent. */
import type { Channel } from "ssh2";
import { EquipmentFault } from "#network/ports";
import type { Connection } from "./connect.ts";
import { all, parse, type Element } from "./xml.ts";

const base = "urn:ietf:params:xml:ns:netconf:base:1.0";
const chunked = "urn:ietf:params:netconf:base:1.1";
const end = "]]>]]>";

export interface Session {
  /** Namespaces of the models the device announced. */
  models: ReadonlySet<string>;
  /** The `<data>` of a subtree, or undefined when the device does not have it (`unknown-element`, `operation-not-supported`). */
  get(filter: string): Promise<Element | undefined>;
  close(): void;
}

export async function netconf(line: Connection): Promise<Session> {
  const channel = await line.subsystem("netconf");
  const messages = framed(line.read(channel));
  channel.write(
    `<?xml version="1.0" encoding="UTF-8"?><hello xmlns="${base}"><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability><capability>${chunked}</capability></capabilities></hello>${end}`,
  );
  const hello = await parse(await messages.next());
  if (hello.name !== "hello") throw new EquipmentFault("malformed", "no hello");
  const told = all(hello, "capabilities", "capability").map((c) => c.text.trim());
  const modern = told.includes(chunked);
  if (modern) messages.chunks();
  const models = new Set(told.map((c) => c.split("?")[0]!));
  let id = 0;
  const ask = async (operation: string): Promise<Element> => {
    const number = String(++id);
    send(channel, `<?xml version="1.0" encoding="UTF-8"?><rpc xmlns="${base}" message-id="${number}">${operation}</rpc>`, modern);
    const reply = await parse(await messages.next());
    if (reply.name !== "rpc-reply") throw new EquipmentFault("malformed", "an answer that is no rpc-reply");
    return reply;
  };
  return {
    models,
    async get(filter) {
      const reply = await ask(`<get><filter type="subtree">${filter}</filter></get>`);
      const [error] = all(reply, "rpc-error");
      if (!error) return all(reply, "data")[0];
      const tag = all(error, "error-tag")[0]?.text.trim();
      if (tag === "access-denied") throw new EquipmentFault("forbidden", "the device refuses this user");
      if (tag === "too-big" || tag === "resource-denied") throw new EquipmentFault("too-large", "the device refuses so large an answer");
      return undefined;
    },
    close: () => void channel.end(),
  };
}

function send(channel: Channel, text: string, modern: boolean): void {
  const bytes = Buffer.from(text);
  channel.write(modern ? Buffer.concat([Buffer.from(`\n#${bytes.length}\n`), bytes, Buffer.from("\n##\n")]) : `${text}${end}`);
}

/** Whole messages out of a stream, by the end mark first, by chunks once both sides can (RFC 6242, 4.1). */
export function framed(source: AsyncGenerator<Buffer>) {
  let kept: Buffer = Buffer.alloc(0);
  let byChunks = false;
  const more = async (): Promise<void> => {
    const next = await source.next();
    if (next.done) throw new EquipmentFault("cut", "the device ended the session");
    kept = kept.length ? Buffer.concat([kept, next.value]) : next.value;
  };
  return {
    chunks() {
      byChunks = true;
    },
    async next(): Promise<string> {
      if (byChunks) return (await chunksOf()).toString("utf8");
      // a mark may come in two pieces: looked for again from a little before
      for (let from = 0; ; await more()) {
        const at = kept.indexOf(end, Math.max(0, from - end.length));
        from = kept.length;
        if (at < 0) continue;
        const message = kept.subarray(0, at);
        kept = kept.subarray(at + end.length);
        return message.toString("utf8");
      }
    },
  };
  async function chunksOf(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const head = await line();
      if (head === "##") {
        if (parts.length === 0) throw new EquipmentFault("malformed", "an empty NETCONF message");
        return Buffer.concat(parts);
      }
      const length = Number(/^#([1-9]\d{0,9})$/.exec(head)?.[1]);
      if (!(length <= 4_294_967_295)) throw new EquipmentFault("malformed", "a NETCONF chunk without its length");
      const piece: Buffer[] = [];
      let missing = length;
      while (missing > 0) {
        if (kept.length === 0) await more();
        const part = kept.subarray(0, missing);
        piece.push(part);
        kept = kept.subarray(part.length);
        missing -= part.length;
      }
      parts.push(...piece);
    }
  }
  /** `\n#…\n`: what stands between two line ends. */
  async function line(): Promise<string> {
    for (;;) {
      if (kept.length > 0 && kept[0] !== 0x0a) throw new EquipmentFault("malformed", "a NETCONF chunk that does not begin");
      const at = kept.indexOf(0x0a, 1);
      // some send a line end after the mark
      if (at === 1) {
        kept = kept.subarray(1);
        continue;
      }
      if (at > 0) {
        const text = kept.subarray(1, at).toString("latin1");
        kept = kept.subarray(at + 1);
        return text;
      }
      if (kept.length > 20) throw new EquipmentFault("malformed", "a NETCONF chunk without its length");
      await more();
    }
  }
}
