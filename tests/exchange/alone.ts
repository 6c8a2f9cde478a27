/** The small house of port.ts as a program of its own, to be killed. Prints where it is; the system behind it is given. */
import { house } from "./port.ts";

const h = await house();
await h.world.owner("update exchange.service set base_url = $1, timeout_seconds = 30 where code = 'echo'", [process.argv[2]]);
console.log(JSON.stringify({ port: h.port, ownerUrl: h.world.ownerUrl }));
