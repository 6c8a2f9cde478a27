// What every driver of messages must do; each driver's test runs it against its own outside.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EmailDriver, OutgoingEmail, OutgoingSms, Receipt, SmsDriver } from "./ports.ts";

export interface Outside<D> {
  driver: D;
  /** What the outside received so far, in order. */
  received(): Promise<{ to: string; text: string; subject?: string }[]>;
  /** An address the outside refuses for good. */
  refusedAddress: string;
  /** Makes the outside unreachable, then reachable again. */
  away(down: boolean): Promise<void>;
  /** The outside recognises a key it has seen. */
  dropsRepeats: boolean;
}

const never = new AbortController().signal;

export const smsConformance = (outside: () => Promise<Outside<SmsDriver>>): void => {
  const sms = (key: string, more: Partial<OutgoingSms> = {}): OutgoingSms => ({
    key,
    to: "+22670000011",
    text: "Votre code\u00a0: 123456",
    encoding: "gsm7",
    expiresAt: new Date("2027-01-01T00:00:00Z"),
    ...more,
  });
  test("sms: accepted messages arrive as written, receipts name the id that was given", async () => {
    const { driver, received } = await outside();
    const receipts: Receipt[] = [];
    const stop = driver.listen?.(async (receipt) => void receipts.push(receipt));
    const texts = ["Déjà payé", "Tɛnɛ Ŋguɩn 😀", "a".repeat(400), "€[]{}~\\|^"];
    const ids = new Set<string>();
    for (const [i, text] of texts.entries()) {
      const answer = await driver.send(sms(`conform-${i}`, { text, encoding: i === 1 ? "ucs2" : "gsm7" }), never);
      assert.equal(answer.kind, "accepted");
      if (answer.kind === "accepted") ids.add(answer.providerId);
    }
    assert.equal(ids.size, texts.length);
    assert.deepEqual(
      (await received()).slice(-texts.length).map(({ text }) => text),
      texts,
    );
    for (let i = 0; i < 500 && receipts.length < texts.length; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    if (stop !== undefined) assert.deepEqual(new Set(receipts.map((receipt) => receipt.providerId)), ids);
    stop?.();
  });
  test("sms: a number that does not exist is refused for good", async () => {
    const { driver, refusedAddress } = await outside();
    const answer = await driver.send(sms("conform-refused", { to: refusedAddress }), never);
    assert.deepEqual([answer.kind, answer.kind === "refused" && answer.why], ["refused", "address"]);
  });
  test("sms: a carrier that is away throws, and takes the same message later, once", async () => {
    const { driver, received, away, dropsRepeats } = await outside();
    const before = (await received()).length;
    await away(true);
    await assert.rejects(driver.send(sms("conform-away"), never));
    await away(false);
    const first = await driver.send(sms("conform-away"), never);
    const again = await driver.send(sms("conform-away"), never);
    assert.equal(first.kind, "accepted");
    if (dropsRepeats) assert.deepEqual(again, first);
    assert.equal((await received()).length, before + (dropsRepeats ? 1 : 2));
  });
};

export const emailConformance = (outside: () => Promise<Outside<EmailDriver>>): void => {
  const email = (key: string, more: Partial<OutgoingEmail> = {}): OutgoingEmail => ({
    key,
    to: "awa@exemple.org",
    subject: "Votre extrait est prêt",
    text: "Bonjour,\n\nVotre extrait est prêt.\n.\nTɛnɛ\n",
    ...more,
  });
  test("e-mail: subject and text arrive as written, lone dots and accents included", async () => {
    const { driver, received } = await outside();
    const answer = await driver.send(email("conform-1"), never);
    assert.equal(answer.kind, "accepted");
    const last = (await received()).at(-1);
    assert.equal(last?.to, "awa@exemple.org");
    assert.equal(last?.subject, "Votre extrait est prêt");
    assert.equal(last?.text.trim(), "Bonjour,\n\nVotre extrait est prêt.\n.\nTɛnɛ");
  });
  test("e-mail: an address that does not exist is refused for good", async () => {
    const { driver, refusedAddress } = await outside();
    const answer = await driver.send(email("conform-refused", { to: refusedAddress }), never);
    assert.deepEqual([answer.kind, answer.kind === "refused" && answer.why], ["refused", "address"]);
  });
  test("e-mail: a subject with a line break adds no header", async () => {
    const { driver, received } = await outside();
    await driver.send(email("conform-header", { subject: "a\r\nBcc: x@exemple.org" }), never);
    const last = (await received()).at(-1);
    assert.equal(last?.to, "awa@exemple.org");
    assert.ok(!(await received()).some(({ to }) => to.includes("x@exemple.org")));
  });
  test("e-mail: a relay that is away throws, and takes the message later", async () => {
    const { driver, received, away } = await outside();
    const before = (await received()).length;
    await away(true);
    await assert.rejects(driver.send(email("conform-away"), never));
    await away(false);
    assert.equal((await driver.send(email("conform-away"), never)).kind, "accepted");
    assert.equal((await received()).length, before + 1);
  });
};
