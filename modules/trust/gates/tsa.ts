import { anyone, gate, Problem } from "#kernel";
import { clockWentBack } from "../problems.ts";
import { stampBuiltIn } from "../stamps/stamp.ts";
import { largestRequest, readStampRequest, type StampFailure } from "../tsp/request.ts";
import { granted, refused } from "../tsp/token.ts";
import { policies } from "../x509/profiles.ts";
import { asModule, bytes } from "./system.ts";

const type = "application/timestamp-reply";

const sentences: Readonly<Record<StampFailure, string>> = {
  badAlg: "Only SHA-256, SHA-384 and SHA-512 are stamped.",
  badRequest: "Only version 1 of the protocol is spoken.",
  badDataFormat: "The request is not a time-stamp request.",
  timeNotAvailable: "The clock is not reliable at the moment.",
  unacceptedPolicy: "This policy is not ours.",
  unacceptedExtension: "Extensions are not accepted.",
  systemFailure: "The time stamp could not be made.",
};

/** RFC 3161, 3.4: refusals, too, are answers in the protocol. */
export const tsa = gate({
  id: "trust.tsa",
  method: "POST",
  path: "/tsa",
  who: anyone(),
  limit: largestRequest,
  async handle(g, request) {
    const read = readStampRequest(request.body, policies.timeStamps);
    if ("failure" in read) return bytes(type, refused(read.failure, sentences[read.failure]));
    try {
      return bytes(type, granted((await stampBuiltIn(asModule(g), read)).token));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const failure = clockWentBack.is(error) ? "timeNotAvailable" : "systemFailure";
      return bytes(type, refused(failure, sentences[failure]));
    }
  },
});
