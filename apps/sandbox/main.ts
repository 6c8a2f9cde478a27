/** Starts the outside world alone: `node apps/sandbox/main.ts <country> [port] [pace in ms]`. Prints where it listens, as one line of JSON. */
import { startSandbox } from "./index.ts";

const [country = "bf", port = "8090", pace = "2000"] = process.argv.slice(2);
const sandbox = await startSandbox({ country, port: Number(port), pace: Number(pace) });
process.stdout.write(`${JSON.stringify({ url: sandbox.url, operators: sandbox.operators })}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void sandbox.stop());
