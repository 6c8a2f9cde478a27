/** A link of TCP connections that a test counts, cuts and closes. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface Wall {
  /** Bytes there and back. */
  sent: number;
  back: number;
  /** Cut once so much was sent. */
  cutAfter: number;
  closed: boolean;
  target: number;
  cut(): void;
  /** On a port of its own. */
  listen(): Promise<number>;
  end(): void;
}

export function wall(): Wall {
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    if (w.closed) return void near.destroy();
    const far = connect(w.target, "127.0.0.1");
    for (const [from, to, way] of [
      [near, far, "sent"],
      [far, near, "back"],
    ] as const) {
      sockets.add(from);
      from.on("error", () => undefined);
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on("data", (bytes: Buffer) => {
        w[way] += bytes.length;
        to.write(bytes);
        if (w.sent > w.cutAfter) w.cut();
      });
    }
  });
  const w: Wall = {
    sent: 0,
    back: 0,
    cutAfter: Number.POSITIVE_INFINITY,
    closed: false,
    target: 0,
    cut() {
      w.closed = true;
      w.cutAfter = Number.POSITIVE_INFINITY;
      for (const one of sockets) one.destroy();
    },
    listen: () => new Promise((done) => server.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port))),
    end() {
      w.cut();
      server.close();
    },
  };
  return w;
}
