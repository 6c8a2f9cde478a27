/** The few words of net-snmp that are used here. */
declare module "net-snmp" {
  export interface Varbind {
    oid: string;
    type: number;
    value: unknown;
  }
  export interface Session {
    get(oids: string[], done: (error: Error | null, varbinds?: Varbind[]) => void): void;
    /** One list a repeater, in the order asked. */
    getBulk(
      oids: string[],
      nonRepeaters: number,
      maxRepetitions: number,
      done: (error: Error | null, varbinds?: (Varbind | Varbind[])[]) => void,
    ): void;
    on(event: "error", listener: (error: Error) => void): void;
    close(): void;
  }
  export interface Options {
    port: number;
    retries: number;
    timeout: number;
    version: number;
    transport: "udp4" | "udp6";
    dgramModule: { createSocket(transport: string): unknown };
  }
  export function createSession(target: string, community: string, options: Options): Session;
  export function createV3Session(
    target: string,
    user: { name: string; level: number; authProtocol: string; authKey: string; privProtocol: string; privKey: string },
    options: Options,
  ): Session;
  export const Version2c: number;
  export const Version3: number;
  export const SecurityLevel: { authPriv: number };
  export const AuthProtocols: Record<string, string>;
  export const PrivProtocols: Record<string, string>;
  export const ObjectType: Record<string, number>;
  export function isVarbindError(varbind: Varbind): boolean;
}
