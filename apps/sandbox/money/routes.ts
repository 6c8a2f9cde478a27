/** The operators' counters: for merchants (payments, refunds, statement) and for the payer's simulated handset. */
import { asObject, json, readBody, type Route, text } from "../http.ts";
import { international, type MoneyWorld } from "./world.ts";
import { handsetPage, type Shown } from "./handset.ts";
import { type Behaviour, behaviours, csv, makeCode, type Order, statement } from "./operator.ts";

const fields = ["reference", "phone", "currency", "otp", "label", "callback"] as const;

function readOrder(raw: string | undefined): Order | undefined {
  const order = asObject(raw);
  if (typeof order["amount"] !== "number") return undefined;
  for (const field of fields) if (typeof order[field] !== "string") return undefined;
  const url = order["callback"] as string;
  if (!URL.canParse(url) || !/^https?:/.test(url) || (order["reference"] as string).length > 64) return undefined;
  return order as unknown as Order;
}

export function moneyRoutes(world: MoneyWorld): Route[] {
  const now = () => world.clock.now().getTime();
  const merchant: Route = async ({ req, res, method, path }) => {
    const [root, operator = "", what, one] = path;
    if (root !== "money" || path.length < 3) return false;
    const desk = world.desks.get(operator);
    if (!desk) return false;
    if (req.headers.authorization !== `Bearer ${world.merchantKey}`)
      return (json(res, 401, { code: 401, message: "unknown merchant" }), true);
    if (what === "payments" && method === "POST" && path.length === 3) {
      const order = readOrder(await readBody(req));
      if (!order) return (json(res, 400, { code: 400, message: "malformed order" }), true);
      const then = desk.charge(order);
      if (then.cut) res.destroy();
      else json(res, then.status, then.body);
      return true;
    }
    if (what === "payments" && method === "GET" && one !== undefined) {
      const p = desk.state.payments.get(one);
      if (!p) json(res, 404, { code: 404, message: "unknown reference" });
      else
        json(res, 200, {
          status: { pending: "PENDING", paid: "SUCCESS", refused: "FAILED" }[p.state],
          reference: p.reference,
          transaction: p.transaction,
          amount: p.amount,
          at: new Date(p.settledAt ?? p.askedAt).toISOString(),
          ...(p.reason === undefined ? {} : { reason: p.reason }),
        });
      return true;
    }
    if (what === "refunds" && method === "POST") {
      const { reference, payment, amount } = asObject(await readBody(req));
      if (typeof reference !== "string" || typeof payment !== "string" || typeof amount !== "number")
        return (json(res, 400, { code: 400, message: "malformed refund" }), true);
      const answer = desk.refund({ reference, payment, amount });
      json(res, answer.status, answer.body);
      return true;
    }
    if (what === "callbacks" && method === "GET") {
      // The history of notices sent, as operators show it to their merchants.
      json(
        res,
        200,
        desk.sent.map((one) => ({ url: one.url, headers: one.headers, body: Buffer.from(one.body).toString("base64") })),
      );
      return true;
    }
    if (what === "statements" && method === "GET" && one !== undefined) {
      const day = /^(\d{4}-\d\d-\d\d)\.csv$/.exec(one)?.[1];
      if (!day) return false;
      const dayOf = (at: Date) => new Intl.DateTimeFormat("en-CA", { timeZone: world.zone, dateStyle: "short" }).format(at);
      text(res, 200, "text/csv", csv(statement(desk.state, day, dayOf)));
      return true;
    }
    return false;
  };

  const handset: Route = async ({ req, res, method, url, path }) => {
    if (path.join("/") !== "money") return false;
    const lang = url.searchParams.get("lang") === "en" ? "en" : "fr";
    const show = (status: number, shown: Shown) => text(res, status, "text/html", handsetPage(world, shown, lang).html);
    if (method === "GET") {
      show(200, {
        phone: url.searchParams.get("phone") ?? "",
        amount: url.searchParams.get("amount") ?? "",
        operator: url.searchParams.get("operator") ?? "",
      });
      return true;
    }
    if (method !== "POST") return false;
    const raw = (await readBody(req)) ?? "";
    const asJson = req.headers["content-type"]?.startsWith("application/json") ?? false;
    const form = asJson ? new Map(Object.entries(asObject(raw))) : new URLSearchParams(raw);
    const field = (name: string) => String(form.get(name) ?? "").trim();
    const shown: Shown = {
      phone: field("phone"),
      amount: field("amount"),
      operator: field("operator"),
      behaviour: field("behaviour"),
    };
    const phone = international(shown.phone, world.phonePrefix);
    const amount = Number(shown.amount.replace(/\s/g, ""));
    const behaviour = (behaviours as readonly string[]).includes(shown.behaviour ?? "") ? (shown.behaviour as Behaviour) : "later";
    const desk = world.desks.get(shown.operator);
    const wrong = !desk ? "operator" : !phone ? "phone" : !Number.isInteger(amount) || amount < 1 ? "amount" : undefined;
    if (wrong || !desk || !phone) {
      if (asJson) json(res, 400, { wrong });
      else show(400, { ...shown, wrong });
      return true;
    }
    const code = makeCode(desk.state, { otp: world.ids.digits(6), phone, amount, behaviour }, now());
    desk.save();
    if (asJson) json(res, 200, { otp: code.otp, phone, amount });
    else show(200, { ...shown, otp: code.otp });
    return true;
  };
  return [handset, merchant];
}
