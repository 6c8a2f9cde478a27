// E-mail by SMTP (RFC 5321) through nodemailer. The relay's acceptance is what we call delivered; bounces come to the sender's mailbox.
import { createTransport } from "nodemailer";
import { provide, type Host } from "#kernel";
import { emailPort, type EmailDriver, type HandOver } from "#messages/ports";

interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  command?: string;
}

/** 5xx to one of these is the relay's last word on this mail; anything else (4xx, TLS, log-in, no connection) is ours to repair or wait for. */
const lastWord: Record<string, "address" | "account" | "content"> = { "RCPT TO": "address", "MAIL FROM": "account", DATA: "content" };
const refusal = (error: SmtpError): HandOver | undefined => {
  const code = error.responseCode ?? 0;
  const why = lastWord[error.command ?? ""];
  return why === undefined || code < 500 || code > 599 ? undefined : { kind: "refused", why, detail: `${code}` };
};

export interface SmtpOptions {
  /** smtp://user:password@host:587 or smtps://host:465. */
  url: string;
  /** "Name <address>" of the sender. */
  from: string;
}

export const createSmtp = (host: Pick<Host, "onStop" | "config">, o: SmtpOptions): EmailDriver => {
  const at = new URL(o.url);
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(at.hostname);
  const transport = createTransport({
    host: at.hostname.replace(/^\[|\]$/g, ""),
    port: Number(at.port) || (at.protocol === "smtps:" ? 465 : 587),
    secure: at.protocol === "smtps:",
    // Citizens' mail does not cross a network in the clear: only a relay on this machine may do without TLS.
    requireTLS: at.protocol !== "smtps:" && !local,
    ignoreTLS: local && at.protocol !== "smtps:",
    ...(at.username === "" ? {} : { auth: { user: decodeURIComponent(at.username), pass: decodeURIComponent(at.password) } }),
    pool: true,
    maxConnections: 2,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  host.onStop(() => transport.close());
  const domain = new URL(host.config.origin).hostname;
  return {
    name: "email-smtp",
    async send({ key, to, subject, text }) {
      // The message id is the key: a repeat after a crash is recognised by mailboxes that look at it (RFC 5322, 3.6.4).
      const messageId = `<${key}@${domain}>`;
      try {
        await transport.sendMail({
          from: o.from,
          to: { name: "", address: to },
          subject,
          text,
          messageId,
          headers: { "Auto-Submitted": "auto-generated" }, // RFC 3834: no holiday answers, please
        });
        return { kind: "accepted", providerId: messageId };
      } catch (error) {
        const final = refusal(error as SmtpError);
        if (final !== undefined) return final;
        throw error;
      }
    },
  };
};

/** Settings: smtp_url, smtp_from. */
export const emailSmtp = provide(emailPort, (host) => {
  const [url, from] = [host.config.setting("smtp_url"), host.config.setting("smtp_from")];
  if (url === undefined || from === undefined) throw new Error("email-smtp needs the settings smtp_url and smtp_from");
  return createSmtp(host, { url, from });
});
