import { answerByHand, listHandRequests } from "#exchange/api";
import { official, page, seeOther } from "#kernel";

export const nextRequestPage = page({
  id: "desk.next-hand-request",
  path: "/bureau/demandes/suivante",
  who: official(answerByHand),
  reads: [listHandRequests],
  async render(p) {
    const [first] = (await p.call(listHandRequests, { state: "waiting", limit: 1 })).requests;
    return seeOther(first ? `/bureau/demandes/${encodeURIComponent(first.id)}` : "/bureau/demandes");
  },
});
