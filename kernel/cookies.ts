import { createHmac, timingSafeEqual } from "node:crypto";

export function readCookies(header: string | undefined): Record<string, string> {
  const out: Record<string, string> = Object.create(null);
  for (const part of (header ?? "").slice(0, 8192).split(";")) {
    const at = part.indexOf("=");
    if (at > 0) out[part.slice(0, at).trim()] ??= part.slice(at + 1).trim();
  }
  return out;
}

export interface CookieNames {
  session: string;
  seed: string;
  lang: string;
  device: string;
  attributes: string;
}

/** `__Host-` binds a cookie to this very host over https (RFC 6265bis, 4.1.3.2); plain names only on http (demonstration). */
export function cookieNames(https: boolean): CookieNames {
  const p = https ? "__Host-" : "";
  return {
    session: `${p}toguna`,
    seed: `${p}toguna-seed`,
    lang: "toguna-lang",
    device: `${p}toguna-device`,
    attributes: `Path=/; HttpOnly; SameSite=Lax${https ? "; Secure" : ""}`,
  };
}

export function sign(secret: Uint8Array, text: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

export function signed(secret: Uint8Array, text: string, mark: string): boolean {
  const a = Buffer.from(sign(secret, text));
  const b = Buffer.from(mark);
  return a.length === b.length && timingSafeEqual(a, b);
}
