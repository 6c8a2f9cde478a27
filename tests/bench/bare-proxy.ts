/**
 * Half of a pair of proxies in plain Node: `enter` takes HTTP and calls over mutual TLS, `leave` takes mutual TLS and calls HTTP.
 * It signs, checks and logs nothing: what the exchange adds is measured beside it.
 *   bare-proxy.ts enter|leave <port behind> <folder with ca.pem, node.pem, node.key>
 */
import { readFileSync } from "node:fs";
import { Agent as PlainAgent, createServer, type IncomingMessage, request as plain, type ServerResponse } from "node:http";
import { Agent as SecureAgent, createServer as secureServer, request as secure } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const [, , half, behind, folder] = process.argv as [string, string, string, string, string];
const tls = Object.fromEntries((["ca.pem", "node.pem", "node.key"] as const).map((f) => [f, readFileSync(join(folder, f))]));
const mutual = { ca: tls["ca.pem"]!, cert: tls["node.pem"]!, key: tls["node.key"]!, minVersion: "TLSv1.3" as const };
const outward = half === "enter";
const agent = outward
  ? new SecureAgent({ ...mutual, keepAlive: true, maxFreeSockets: 256 })
  : new PlainAgent({ keepAlive: true, maxFreeSockets: 256 });

function pass(req: IncomingMessage, res: ServerResponse): void {
  const options = { host: "127.0.0.1", port: Number(behind), method: req.method, path: req.url, headers: req.headers, agent };
  const out = (outward ? secure : plain)(outward ? { ...options, servername: "localhost" } : options, (answer) => {
    res.writeHead(answer.statusCode!, answer.rawHeaders as never);
    answer.pipe(res);
  });
  out.once("error", () => res.destroy());
  req.pipe(out);
}
const server = outward ? createServer(pass) : secureServer({ ...mutual, requestCert: true, rejectUnauthorized: true }, pass);
server.requestTimeout = 0;
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));
