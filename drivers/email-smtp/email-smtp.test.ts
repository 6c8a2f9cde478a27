import assert from "node:assert/strict";
import { type Server, type Socket, createServer } from "node:net";
import { after, test } from "node:test";
import type { Host } from "#kernel";
import { emailConformance } from "#messages/conformance";
import { createSmtp, emailSmtp } from "./index.ts";

// A relay of the test's own, in the few commands of RFC 5321 that matter.
interface Mail {
  to: string;
  raw: string;
}
const mails: Mail[] = [];
let slow = false;
const sockets = new Set<Socket>();
const talk = (socket: Socket): void => {
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("error", () => {});
  let to = "";
  let data: string | undefined;
  let rest = "";
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const command = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "EHLO") say("250-relay\r\n250-8BITMIME\r\n250 SMTPUTF8");
    else if (verb === "STAR") say("502 no TLS here");
    else if (verb === "RCPT") {
      to = /<(.*)>/.exec(line)?.[1] ?? "";
      say(to.startsWith("nobody@") ? "550 5.1.1 no such user" : slow ? "451 4.7.1 greylisted" : "250 ok");
    } else if (verb === "DATA") {
      data = "";
      say("354 go on");
    } else if (verb === "QUIT") socket.end("221 bye\r\n");
    else say("250 ok");
  };
  say("220 relay");
  socket.on("data", (chunk) => {
    rest += chunk.toString("utf8");
    const lines = rest.split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (data === undefined) command(line);
      else if (line === ".") {
        mails.push({ to, raw: data });
        data = undefined;
        say("250 taken");
      } else data += `${line.startsWith("..") ? line.slice(1) : line}\r\n`;
    }
  });
};
const listen = (port: number): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(talk).listen(port, "127.0.0.1", () => resolve(server));
  });
let server = await listen(0);
const { port } = server.address() as { port: number };
const stops: (() => void)[] = [];
const host = { onStop: (fn: () => void) => void stops.push(fn), config: { origin: "https://services.exemple.org" } } as unknown as Host;
const close = (): Promise<void> => {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
};
after(async () => {
  for (const stop of stops) stop();
  await close();
});

const unfold = (header: string): string => header.replace(/\r\n[ \t]/g, "");
const words = (value: string): string =>
  value.replace(/=\?utf-8\?(q|b)\?([^?]*)\?=\s*/gi, (_, how: string, text: string) =>
    how.toLowerCase() === "b"
      ? Buffer.from(text, "base64").toString("utf8")
      : Buffer.from(
          text.replaceAll("_", " ").replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
          "latin1",
        ).toString("utf8"),
  );
const read = ({ to, raw }: Mail): { to: string; subject: string; text: string } => {
  const at = raw.indexOf("\r\n\r\n");
  const head = unfold(raw.slice(0, at));
  const body = raw.slice(at + 4);
  const how = /content-transfer-encoding: (\S+)/i.exec(head)?.[1]?.toLowerCase();
  const text =
    how === "base64"
      ? Buffer.from(body, "base64").toString("utf8")
      : how === "quoted-printable"
        ? Buffer.from(
            body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
            "latin1",
          ).toString("utf8")
        : body;
  return { to, subject: words(/^subject: (.*)$/im.exec(head)?.[1] ?? ""), text: text.replaceAll("\r\n", "\n") };
};

const driver = createSmtp(host, { url: `smtp://127.0.0.1:${port}`, from: "Tribunal <greffe@exemple.org>" });
emailConformance(async () => ({
  driver,
  received: async () => mails.map(read),
  refusedAddress: "nobody@exemple.org",
  away: async (down) => {
    if (down) await close();
    else server = await listen(port);
  },
  dropsRepeats: false,
}));

test("a relay that says 'later' is asked again later; the key is the message's id", async () => {
  const message = { key: "k-1", to: "awa@exemple.org", subject: "s", text: "t" };
  slow = true;
  await assert.rejects(driver.send(message, new AbortController().signal));
  slow = false;
  assert.deepEqual(await driver.send(message, new AbortController().signal), {
    kind: "accepted",
    providerId: "<k-1@services.exemple.org>",
  });
  assert.match(mails.at(-1)?.raw ?? "", /^Message-ID: <k-1@services\.exemple\.org>\r$/im);
  assert.match(mails.at(-1)?.raw ?? "", /^Auto-Submitted: auto-generated\r$/im);
});

test("a relay on another machine without TLS is not given the mail", async () => {
  // 127.0.0.2 is this machine under an address we do not count as local; this relay offers no STARTTLS.
  const far = createServer(talk);
  await new Promise<void>((resolve) => far.listen(0, "127.0.0.2", resolve));
  const there = createSmtp(host, { url: `smtp://127.0.0.2:${(far.address() as { port: number }).port}`, from: "a@b.fr" });
  const before = mails.length;
  await assert.rejects(there.send({ key: "k-2", to: "awa@exemple.org", subject: "s", text: "t" }, new AbortController().signal), {
    code: "ETLS",
  });
  assert.equal(mails.length, before);
  for (const socket of sockets) socket.destroy();
  far.close();
});

test("it says which settings it needs", () => {
  assert.throws(() => emailSmtp.make({ ...host, config: { setting: () => undefined } } as unknown as Host), /smtp_url/);
});
