// SMS by SMPP 3.4 to a carrier or an aggregator: one transceiver session, receipts on the same line.
import { createHash } from "node:crypto";
import { provide, type Host } from "#kernel";
import { smsPort, type HandOver, type Receipt, type SmsDriver } from "#messages/ports";
import { COMMAND, readMessage, reader, submitBody } from "./pdu.ts";
import { type Session, openSession } from "./session.ts";
import { partsOf, receiptIn, senderOf, validityOf } from "./words.ts";

export interface SmppOptions {
  /** smpp://system-id:password@host:2775 or smpps:// for TLS. */
  url: string;
  /** Sender shown on the handset: a name, a short code or a number. */
  from: string;
  systemType?: string;
  timeout?: number;
  enquire?: number;
  /** Milliseconds before a fallen line is opened again. */
  reopen?: number;
}

// SMPP 3.4, 5.1.3: what the carrier will never accept, as against what it cannot take just now.
const FINAL: Record<number, "address" | "content" | "account"> = {
  0x01: "content", // message length
  0x0a: "account", // source address
  0x0b: "address", // destination address
  0x66: "account", // not allowed to send
  0x104: "content", // data coding
};
const TRY_LATER = 0x64; // our answer to a receipt we could not keep: the carrier sends it again

export const createSmpp = (host: Pick<Host, "clock" | "log" | "onStop">, o: SmppOptions): SmsDriver => {
  const at = new URL(o.url);
  const from = senderOf(o.from);
  let listener: ((receipt: Receipt) => Promise<void>) | undefined;
  let opening: Promise<Session> | undefined;
  let again: NodeJS.Timeout | undefined;
  let stopped = false;

  const onDeliver = async (body: Buffer): Promise<number> => {
    const message = readMessage(body);
    const receipt = receiptIn(message, host.clock.now());
    if (receipt === undefined) return 0; // an answer from a handset, or nothing final
    if (listener === undefined) return TRY_LATER;
    try {
      await listener(receipt);
      return 0;
    } catch (error) {
      host.log.warn({ error: String(error) }, "receipt not kept");
      return TRY_LATER;
    }
  };

  const session = (): Promise<Session> => {
    if (stopped) return Promise.reject(new Error("SMPP: stopped"));
    opening ??= openSession({
      host: at.hostname.replace(/^\[|\]$/g, ""),
      port: Number(at.port) || 2775,
      tls: at.protocol === "smpps:",
      bind: { systemId: decodeURIComponent(at.username), password: decodeURIComponent(at.password), systemType: o.systemType ?? "" },
      timeout: o.timeout ?? 10_000,
      enquire: o.enquire ?? 30_000,
      onDeliver,
    }).then(
      (one) => {
        one.onClose(() => {
          opening = undefined;
          reopen();
        });
        return one;
      },
      (error: unknown) => {
        opening = undefined;
        reopen();
        throw error;
      },
    );
    return opening;
  };
  /** Receipts come on this line: whoever listens keeps it open. */
  const reopen = (): void => {
    if (stopped || listener === undefined) return;
    clearTimeout(again);
    again = setTimeout(() => session().catch((error: unknown) => host.log.warn({ error: String(error) }, "SMPP line")), o.reopen ?? 5000);
    again.unref();
  };
  const stop = (): void => {
    stopped = true;
    clearTimeout(again);
    opening?.then(
      (one) => one.close(),
      () => undefined,
    );
  };
  host.onStop(stop);

  return {
    name: "sms-smpp",
    async send(message): Promise<HandOver> {
      const line = await session();
      const reference = createHash("sha256").update(message.key).digest()[0] ?? 0;
      const parts = partsOf(message.text, message.encoding, reference);
      const validity = validityOf((message.expiresAt.getTime() - host.clock.now().getTime()) / 1000);
      let providerId = "";
      for (const [i, part] of parts.entries()) {
        // One receipt a message: the last part's, which handsets confirm last.
        const wantReceipt = i === parts.length - 1;
        const body = submitBody({ from, to: message.to.replace(/^\+/, ""), validity, wantReceipt, ...part });
        const answer = await line.request(COMMAND.submit, body);
        if (answer.status !== 0) {
          const why = FINAL[answer.status];
          const detail = `SMPP status 0x${answer.status.toString(16)}`;
          if (why !== undefined) return { kind: "refused", why, detail };
          throw new Error(detail);
        }
        providerId = reader(answer.body).text();
      }
      return { kind: "accepted", providerId };
    },
    listen(onReceipt) {
      listener = onReceipt;
      session().catch((error: unknown) => host.log.warn({ error: String(error) }, "SMPP line"));
      return () => {
        listener = undefined;
      };
    },
  };
};

/** Settings: smpp_url, smpp_from, smpp_system_type. */
export const smsSmpp = provide(smsPort, (host) => {
  const [url, from, systemType] = [
    host.config.setting("smpp_url"),
    host.config.setting("smpp_from"),
    host.config.setting("smpp_system_type"),
  ];
  if (url === undefined || from === undefined) throw new Error("sms-smpp needs the settings smpp_url and smpp_from");
  return createSmpp(host, { url, from, ...(systemType === undefined ? {} : { systemType }) });
});
