/** The few words of ssh2 that are used here. */
declare module "ssh2" {
  import type { Duplex } from "node:stream";
  import type { EventEmitter } from "node:events";
  export interface Channel extends Duplex {
    readonly stderr: Duplex;
    on(event: "exit", listener: (code: number | null, signal?: string) => void): this;
    on(event: string, listener: (...list: never[]) => void): this;
    exit?(code: number): void;
  }
  type Opened = (error: Error | undefined, channel: Channel) => void;
  export class Client extends EventEmitter {
    connect(o: {
      host: string;
      port: number;
      username: string;
      password?: string;
      privateKey?: string;
      tryKeyboard?: boolean;
      readyTimeout?: number;
      hostVerifier?: (key: Buffer) => boolean;
    }): this;
    exec(command: string, opened: Opened): boolean;
    subsys(name: string, opened: Opened): boolean;
    shell(window: { term: string; rows: number; cols: number }, opened: Opened): boolean;
    end(): this;
    destroy(): this;
  }
  /** Test servers only. */
  export class Server extends EventEmitter {
    constructor(o: { hostKeys: string[] }, onConnection: (client: EventEmitter) => void);
    listen(port: number, host: string, done: () => void): this;
    address(): { port: number };
    close(done?: () => void): this;
  }
  export const utils: {
    generateKeyPairSync(kind: "ed25519"): { private: string; public: string };
    parseKey(text: string): Error | { getPublicSSH(): Buffer };
  };
  /** What its CommonJS does not name to the outside. */
  const whole: { Server: typeof Server; utils: typeof utils };
  export default whole;
}
