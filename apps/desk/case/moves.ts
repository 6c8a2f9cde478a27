import { claimCase, handleCases, releaseCase, searchRegister } from "#services/api";
import { official, seeOther, T, type Contract, type Form } from "#kernel";
import { deskAction, sent } from "../screen.ts";
import { caseScreen } from "./page.ts";

const Move = T.Object({ number: T.String({ minLength: 6, maxLength: 32 }), version: T.Integer({ minimum: 1 }) });
type MoveContract = typeof claimCase | typeof releaseCase | typeof searchRegister;

/** What needs no second look: one button, and the case again. */
function move(id: string, where: string, contract: MoveContract, after: (number: string) => string) {
  return deskAction({
    id,
    path: `/bureau/dossiers/{number}/${where}`,
    who: official(handleCases),
    form: Move,
    calls: [contract as Contract],
    async handle(a, { number, version }) {
      await a.call(contract, { number, version });
      return seeOther(after(number));
    },
    back: caseScreen,
    backInput: (form: Form) => ({ number: sent(form, "number") }),
  });
}

const toCase = (number: string) => `/bureau/dossiers/${number}`;

export const moves = [
  move("desk.claim", "prise-en-charge", claimCase, toCase),
  move("desk.release", "remise", releaseCase, () => "/bureau/dossiers"),
  move("desk.search", "recherche", searchRegister, toCase),
];
