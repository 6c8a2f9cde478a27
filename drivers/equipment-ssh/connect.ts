/** One SSH connection for one reading: who is there is known before any secret leaves; time and bytes are bounded. */
import { createHash } from "node:crypto";
import { connect as tcp } from "node:net";
import { Client, type Channel } from "ssh2";
import { EquipmentFault, type EquipmentTarget } from "#network/ports";

/** As `ssh-keygen -l` writes it, so that people can compare. */
export const fingerprint = (key: Buffer): string => `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;

export interface Connection {
  exec(command: string): Promise<Channel>;
  subsystem(name: string): Promise<Channel>;
  shell(): Promise<Channel>;
  /** Bytes of a channel as they come; ends with the channel, throws at the deadline, beyond the bytes, when the line is cut. */
  read(channel: Channel): AsyncGenerator<Buffer>;
  close(): void;
}

export async function connect(t: EquipmentTarget, signal: AbortSignal): Promise<Connection> {
  const { secret } = t;
  if (secret.kind !== "password" && secret.kind !== "key") throw new EquipmentFault("unfit", "no secret for SSH");
  const client = new Client();
  let seen: string | undefined;
  let bytes = 0;
  let broken: EquipmentFault | undefined;
  const waiting = new Set<(fault: EquipmentFault) => void>();
  const fail = (fault: EquipmentFault) => {
    broken ??= fault;
    for (const reject of waiting) reject(broken);
    waiting.clear();
    client.destroy();
  };
  const late = () => fail(new EquipmentFault("silent", "no answer before the deadline"));
  signal.addEventListener("abort", late, { once: true });
  /** A promise that any failure of the line ends as well. */
  const guarded = <R>(start: (resolve: (value: R) => void, reject: (fault: EquipmentFault) => void) => void): Promise<R> =>
    new Promise<R>((resolve, reject) => {
      if (broken) return reject(broken);
      waiting.add(reject);
      start(
        (value) => {
          waiting.delete(reject);
          resolve(value);
        },
        (fault) => {
          waiting.delete(reject);
          reject(fault);
        },
      );
      return undefined;
    });
  client.on("error", (error: Error & { level?: string; code?: string }) => {
    if (seen !== undefined && seen !== t.identity)
      fail(
        t.identity === undefined
          ? new EquipmentFault("identity-unknown", "nobody approved this host key yet", seen)
          : new EquipmentFault("identity-changed", "another host key is shown", seen),
      );
    else fail(faultOf(error));
  });
  client.on("close", () => fail(new EquipmentFault("cut", "the line was cut")));
  // one question, the password: some equipment asks it this way only (RFC 4256)
  client.on(
    "keyboard-interactive",
    (_name: string, _text: string, _lang: string, prompts: { echo: boolean }[], answer: (list: string[]) => void) =>
      answer(secret.kind === "password" && prompts.length === 1 && !prompts[0]!.echo ? [secret.password] : []),
  );
  try {
    await guarded<void>((resolve) => {
      client.on("ready", () => resolve());
      if (signal.aborted) return late();
      client.connect({
        host: t.address,
        port: t.port,
        username: secret.user,
        ...(secret.kind === "password" ? { password: secret.password, tryKeyboard: true } : { privateKey: secret.privateKey }),
        readyTimeout: t.bounds.deadline,
        hostVerifier: (key) => (seen = fingerprint(key)) === t.identity,
      });
      return undefined;
    });
  } catch (error) {
    signal.removeEventListener("abort", late);
    client.destroy();
    if (error instanceof EquipmentFault) throw error;
    // ssh2 throws at once for a private key it cannot read; its words may quote it
    throw new EquipmentFault("credentials", "the private key cannot be read");
  }
  const opened = (start: (done: (error: Error | undefined, channel: Channel) => void) => unknown, what: string) =>
    guarded<Channel>((resolve, reject) => {
      start((error, channel) => {
        if (error) reject(new EquipmentFault("unfit", `the device does not open ${what}`));
        else {
          channel.on("error", () => undefined);
          channel.stderr?.on("data", (d: Buffer) => {
            bytes += d.length;
          });
          resolve(channel);
        }
      });
    });
  return {
    exec: (command) => opened((done) => client.exec(command, done), "a command"),
    subsystem: (name) => opened((done) => client.subsys(name, done), `the subsystem ${name}`),
    shell: () => opened((done) => client.shell({ term: "dumb", rows: 0, cols: 200 }, done), "a shell"),
    async *read(channel) {
      // its end must not destroy it: what the command ended with comes after its last byte
      const chunks = channel.iterator({ destroyOnReturn: false });
      for (;;) {
        const next = await guarded<IteratorResult<Buffer>>((resolve, reject) => {
          chunks.next().then(resolve, () => reject(new EquipmentFault("cut", "the line was cut")));
        });
        if (next.done) return;
        bytes += next.value.length;
        if (bytes > t.bounds.bytes) throw new EquipmentFault("too-large", "more bytes than a reading may have");
        yield next.value;
      }
    },
    close() {
      signal.removeEventListener("abort", late);
      client.removeAllListeners("close");
      client.destroy();
    },
  };
}

/** Words of ours: what a library or a device says might quote a secret. */
function faultOf(error: Error & { level?: string; code?: string }): EquipmentFault {
  if (error.level === "client-authentication") return new EquipmentFault("credentials", "the device refuses this user or its secret");
  if (error.level === "client-timeout") return new EquipmentFault("silent", "no answer before the deadline");
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL|EINVAL/.test(error.code ?? ""))
    return new EquipmentFault("unreachable", error.code!);
  if (error.code === "ECONNRESET" || /Connection lost/.test(error.message)) return new EquipmentFault("cut", "the line was cut");
  if (/no matching/.test(error.message)) return new EquipmentFault("unfit", "no algorithm in common");
  return new EquipmentFault("malformed", "what answers does not speak SSH as it should");
}

/** The first line an SSH server says by itself (RFC 4253, 4.2). */
export function greetingOf(address: string, port: number, milliseconds: number): Promise<{ greeting: string } | undefined> {
  return new Promise((done) => {
    const socket = tcp({ host: address, port });
    const end = (answer: { greeting: string } | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      done(answer);
    };
    const timer = setTimeout(() => end(undefined), milliseconds);
    let said = "";
    socket.on("error", () => end(undefined));
    socket.on("close", () => end(undefined));
    socket.on("data", (d) => {
      said += d.toString("latin1");
      const line = /^SSH-[\x20-\x7e]{1,250}/m.exec(said);
      if (line && /[\r\n]/.test(said.slice(line.index))) end({ greeting: line[0].trim() });
      else if (said.length > 2000) end(undefined);
    });
  });
}
