/** Where operators bring their answers. Authentic or nothing: the driver checks the signature before anything is read. */
import { anyone, gate } from "#kernel";
import { paymentPort } from "../ports.ts";
import { heardOf } from "./jobs.ts";
import { tell } from "./settle.ts";
import { paymentByReference } from "./store.ts";

export const callbackGate = gate({
  id: "services.payment-callback",
  method: "POST",
  path: "/api/services/payments/callbacks/:operator",
  who: anyone(),
  limit: 64 * 1024,
  async handle(g, req) {
    const headers = Object.fromEntries(Object.entries(req.headers).flatMap(([k, v]) => (typeof v === "string" ? [[k, v]] : [])));
    const notices = await g.port(paymentPort).readCallback({ operator: req.params.operator ?? "", headers, body: req.body });
    if (!notices) return { status: 401, headers: { "content-type": "text/plain" }, body: "not authentic\n" };
    for (const n of notices)
      await g.transaction(
        async (ctx) => {
          const p = await paymentByReference(ctx, n.reference);
          if (p && p.operator === req.params.operator) await tell(ctx, p.id, heardOf(n));
          else ctx.log.warn({ reference: n.reference }, "a callback speaks of a payment we do not know");
        },
        { caller: { kind: "system", module: "services" } },
      );
    // an echo gets the same answer: the operator may stop repeating
    return { status: 204 };
  },
});
