import { job, T } from "#kernel";

export const signReceipt = job("exchange.sign-consent-receipt", T.Object({ consent: T.String() }), { retryLimit: 20, retryDelay: 2 });
