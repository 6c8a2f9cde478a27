/** Which provider's side answers: the one in this program, or that of the server the directory names. */
import { directory } from "../directory/snapshot.ts";
import { serverFor } from "../servers/book.ts";
import { deliverRemotely } from "../transport/deliver.ts";
import type { Deliver } from "./flow.ts";
import { receive } from "./provider.ts";

export const deliver: Deliver = async (j, m, to) => {
  const service = (await directory(j)).services.get(to.service);
  return serverFor(j, to.institution, service?.kind) === undefined ? receive(j, m) : deliverRemotely(j, m, to);
};
