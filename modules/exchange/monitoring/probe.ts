/** One harmless call (OPTIONS, RFC 9110, 9.3.7) to an institution's system, and the cause of its failure told apart. */
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import type { TLSSocket } from "node:tls";
import type { ConnectOptions } from "../gateway/provider-call.ts";

export const stepNames = [
  "directory",
  "access",
  "server",
  "source",
  "address",
  "dns",
  "connect",
  "tls",
  "certificate",
  "provider",
  "time",
] as const;
export interface Step {
  step: (typeof stepNames)[number];
  state: "good" | "bad";
  /** A word for programs: `refused`, `expired` … */
  cause?: string;
  /** A date, a host, a number: never content. */
  detail?: string;
}
const good = (step: Step["step"], detail?: string): Step => ({ step, state: "good", ...(detail === undefined ? {} : { detail }) });
const bad = (step: Step["step"], cause: string, detail?: string): Step => ({
  step,
  state: "bad",
  cause,
  ...(detail === undefined ? {} : { detail }),
});

/** Seconds two clocks may differ. */
const skew = 60;

const certificates: Record<string, string> = {
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not-yet-valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "wrong-name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "unknown-authority",
  SELF_SIGNED_CERT_IN_CHAIN: "unknown-authority",
  UNABLE_TO_GET_ISSUER_CERT: "unknown-authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unknown-authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unknown-authority",
  CERT_REVOKED: "revoked",
};

/** The steps up to the one that failed. */
export function probe(
  address: string,
  o: { options: ConnectOptions; deadlineMs: number; now: () => Date; signal: AbortSignal },
): Promise<Step[]> {
  if (!URL.canParse(address)) return Promise.resolve([bad("address", "unreadable")]);
  const url = new URL(address);
  const https = url.protocol === "https:";
  const steps: Step[] = [good("address", url.host)];
  return new Promise((resolve) => {
    let reached: "nothing" | "name" | "connected" | "secured" = "nothing";
    const end = (...last: Step[]): void => {
      clearTimeout(timer);
      resolve([...steps, ...last]);
      req.destroy();
    };
    const known = (): Step[] => [
      ...(reached === "nothing" ? [] : [good("dns")]),
      ...(reached === "connected" || reached === "secured" ? [good("connect")] : []),
      ...(reached === "secured" && https ? [good("tls")] : []),
    ];
    const failed = (error: NodeJS.ErrnoException): void => {
      const code = error.code ?? "";
      if (code === "ENOTFOUND" || code === "EAI_AGAIN") return end(bad("dns", "unknown-name", url.hostname));
      if (code === "EFORBIDDEN") return end(good("dns"), bad("address", "this-machine", url.hostname));
      if (Object.hasOwn(certificates, code)) return end(good("dns"), good("connect"), bad("certificate", certificates[code]!));
      if (reached === "nothing" || reached === "name")
        return end(good("dns"), bad("connect", code === "ECONNREFUSED" ? "refused" : "unreachable", code || undefined));
      if (https && reached === "connected") return end(good("dns"), good("connect"), bad("tls", "handshake", code || undefined));
      end(...known(), bad("provider", "cut", code || undefined));
    };
    const timer = setTimeout(
      () =>
        end(
          ...known(),
          reached === "nothing" || reached === "name"
            ? bad("connect", "timeout")
            : bad(reached === "connected" && https ? "tls" : "provider", "timeout"),
        ),
      o.deadlineMs,
    );
    const req = (https ? secure : plain)(url, { ...o.options, method: "OPTIONS", agent: false, signal: o.signal });
    req.once("socket", (socket) => {
      socket.once("lookup", (error) => {
        if (!error) reached = "name";
      });
      socket.once("connect", () => (reached = https ? "connected" : "secured"));
      socket.once("secureConnect", () => {
        reached = "secured";
        const until = (socket as TLSSocket).getPeerCertificate().valid_to;
        steps.push(good("certificate", until ? new Date(until).toISOString() : undefined));
      });
    });
    req.once("error", failed);
    req.once("response", (res) => {
      res.resume();
      const status = res.statusCode ?? 0;
      const told = Date.parse(res.headers.date ?? "");
      const apart = Number.isNaN(told) ? undefined : Math.round((o.now().getTime() - told) / 1000);
      end(
        ...known(),
        status >= 500
          ? bad("provider", "error", String(status))
          : status === 401 || status === 403
            ? bad("provider", "refuses-us", String(status))
            : good("provider", String(status)),
        ...(apart === undefined ? [] : [Math.abs(apart) > skew ? bad("time", "clocks-differ", `${apart} s`) : good("time")]),
      );
    });
    req.end();
  });
}
