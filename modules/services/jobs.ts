/** The jobs of services by name; their work is beside each resource. They carry ids only and may run twice. */
import { job, T } from "#kernel";

const number = T.String();

export const fetchEvidence = job("services.fetch-evidence", T.Object({ number }), { retryLimit: 6, retryDelay: 2 });
/** A person answered a question of ours by hand, or let it lapse. */
export const handAnswered = job("services.hand-answered", T.Object({ fact: T.String(), subject: T.String() }));
/** The applicant gave the consent a register needs, or refused it. */
export const consentAnswered = job("services.consent-answered", T.Object({ fact: T.String(), subject: T.String() }));
export const searchRegisterJob = job("services.search-register", T.Object({ number }), { retryLimit: 6, retryDelay: 2 });
export const askPayment = job("services.ask-payment", T.Object({ payment: T.String() }), { retryLimit: 4, retryDelay: 2, expire: 90 });
export const pollPayment = job("services.poll-payment", T.Object({ payment: T.String() }), { retryLimit: 2, retryDelay: 5 });
export const giveBack = job("services.give-back", T.Object({ payment: T.String() }), { retryLimit: 2, retryDelay: 5 });
export const readStatement = job("services.read-statement", T.Object({ operator: T.String(), day: T.String() }), {
  retryLimit: 5,
  retryDelay: 10,
});
export const printReceipt = job("services.print-receipt", T.Object({ number }), { retryLimit: 8, retryDelay: 2 });
export const issueAct = job("services.issue-act", T.Object({ number }), { retryLimit: 6, retryDelay: 2, expire: 120 });
export const notify = job(
  "services.notify",
  T.Object({
    number,
    what: T.Enum(["evidence", "submitted", "correction", "issued", "refused", "message", "given-back", "revoked", "draft"]),
  }),
);
export const codeKeyRevoked = job("services.code-key-revoked", T.Object({ fact: T.String(), subject: T.String() }));
/** A case was given up: other people's records found for it are forgotten. */
export const forgetCase = job("services.forget-case", T.Object({ number }));
