import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { registerConformance, simConformance, type Mood } from "#identity/conformance";
import type { RegisterPerson } from "#identity/ports";
import { createRegister } from "./register.ts";
import { createSignal } from "./sim.ts";

// an outside of the test's own that misbehaves on demand, over real HTTP
const persons = [
  {
    nip: "1001",
    phone: "+22670000011",
    family: "Nikiéma",
    given: "Mariam Awa",
    sex: "F",
    birth: { date: "1994-03-12", place: "Koudougou" },
    documents: [{ kind: "CNIB", number: "B1", expires: "2031-06-30" }],
  },
  { nip: "1002", phone: ["+22670000066"], family: "A", given: "B", birth: { date: "1990-01-01" } },
  { nip: "1003", phone: ["+22670000066"], family: "C", given: "D", birth: { date: "1990-01-01" } },
];
const changes = [
  { phone: "+22670000013", changedAt: "2025-02-01T08:00:00Z" },
  { phone: "+22670000013", changedAt: "2026-11-19T10:00:00Z" },
];
let mood: Mood = "well";
let server: Server | undefined;

async function start(): Promise<string> {
  server ??= await new Promise<Server>((ready) => {
    const s = createServer((req, res) => {
      const url = new URL(req.url ?? "", "http://x");
      const [key, value] = [...url.searchParams][0] ?? [];
      const rows: object[] =
        url.pathname === "/sim"
          ? changes.filter((c) => c.phone === value)
          : persons.filter((p) => (key === "nip" ? p.nip === value : p.phone.includes(value ?? "-")));
      const body = JSON.stringify({ rows });
      switch (mood) {
        case "silent":
          return;
        case "away":
          return void req.socket.destroy();
        case "error":
          return void res.writeHead(503).end("<h1>down</h1>");
        case "malformed":
          return void res.writeHead(200).end('{"rows":');
        case "oversize":
          return void res.writeHead(200).end(`{"rows":[${`"${"x".repeat(1000)}",`.repeat(1000)}1]}`);
        case "cut":
          res.writeHead(200, { "content-length": body.length });
          return void res.write(body.slice(0, 5), () => res.destroy());
        default:
          return void res.writeHead(200, { "content-type": "application/json" }).end(body);
      }
    }).listen(0, "127.0.0.1", () => ready(s));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
after(() => {
  server?.closeAllConnections();
  server?.close();
});
const setMood = async (how: Mood) => {
  mood = how;
};
const known: RegisterPerson = {
  identityNumber: "1001",
  familyName: "Nikiéma",
  givenNames: "Mariam Awa",
  birthDate: "1994-03-12",
  birthPlace: "Koudougou",
  sex: "F",
  phones: ["+22670000011"],
  documents: [{ kind: "CNIB", number: "B1", expires: "2031-06-30" }],
};

registerConformance(async () => ({
  driver: createRegister(`${await start()}/persons`),
  mood: setMood,
  known,
  unknownPhone: "+22670999999",
  sharedPhone: "+22670000066",
  unknownNumber: "9999",
}));
simConformance(async () => ({
  driver: createSignal(`${await start()}/sim`),
  mood: setMood,
  changed: { phone: "+22670000013", day: "2026-11-19" },
  steady: "+22670000011",
}));
