import { implement } from "#kernel";
import { endOtherSessions, endSession, readMyAccount, refreshSession, reportSimChange, signOut } from "./account/handlers.ts";
import * as api from "./api.ts";
import { concludeProofing, readProofing, reportSimChangeFor, startProofing } from "./counter/handlers.ts";
import { changePassword, confirmTotp, enrolTotp, findOfficial, readDemoCodes, signInOfficial } from "./official/handlers.ts";
import {
  answerInteraction,
  endMyApplication,
  listClients,
  listMyApplications,
  readInteraction,
  registerClient,
  retireClient,
} from "./oidc/handlers.ts";
import { beginPasskey, beginPasskeySignIn, finishPasskey, finishPasskeySignIn, removePasskey } from "./passkey/handlers.ts";
import { confirmPhoneChange, startPhoneChange, startPhoneSignIn, verifyPhoneCode } from "./phone/handlers.ts";
import { requestRegisterProof } from "./proof/handlers.ts";

export const handlers = implement(api, {
  startPhoneSignIn,
  verifyPhoneCode,
  signInOfficial,
  beginPasskeySignIn,
  finishPasskeySignIn,
  beginPasskey,
  finishPasskey,
  removePasskey,
  readMyAccount,
  signOut,
  refreshSession,
  endSession,
  endOtherSessions,
  enrolTotp,
  confirmTotp,
  changePassword,
  findOfficial,
  requestRegisterProof,
  reportSimChange,
  startPhoneChange,
  confirmPhoneChange,
  startProofing,
  readProofing,
  concludeProofing,
  reportSimChangeFor,
  listClients,
  registerClient,
  retireClient,
  readInteraction,
  answerInteraction,
  listMyApplications,
  endMyApplication,
  readDemoCodes,
});
