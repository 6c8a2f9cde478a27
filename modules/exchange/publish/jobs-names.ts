import { job, T } from "#kernel";

/** Reads a description from its address: of a proposal that waits for it, or again of a published service. */
export const readDescriptionJob = job(
  "exchange.read-description",
  T.Object({ proposal: T.Optional(T.String()), service: T.Optional(T.String()) }),
  {
    retryLimit: 2,
    expire: 60,
  },
);
