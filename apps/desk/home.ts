import { official, page, seeOther } from "#kernel";
import { may } from "#ui";

/** The desk opens on the work of the present role. */
export const homePage = page({
  id: "desk.home",
  path: "/bureau",
  who: official(),
  render(p) {
    if (may(p.caller, "services.handle-cases")) return seeOther("/bureau/dossiers");
    if (may(p.caller, "exchange.answer-by-hand")) return seeOther("/bureau/demandes");
    if (may(p.caller, "identity.prove-person")) return seeOther("/bureau/guichet");
    if (may(p.caller, "exchange.ask-consent")) return seeOther("/bureau/accords");
    return seeOther("/console");
  },
});
