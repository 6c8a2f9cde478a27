/** Which provider's side answers: the one in this program. */
import type { Deliver } from "./flow.ts";
import { receive } from "./provider.ts";

export const deliver: Deliver = (j, m) => receive(j, m);
