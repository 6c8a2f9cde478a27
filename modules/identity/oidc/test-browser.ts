import { createServer } from "node:net";

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address() as { port: number };
      s.close(() => resolve(port));
    });
  });
}

/** A browser as far as redirects and cookies go. */
export const browserAt = (origin: string) => (token?: string) => {
  const jar = new Map<string, { value: string; path: string }>();
  if (token) jar.set("toguna", { value: token, path: "/" });
  const cookies = (path: string) =>
    [...jar]
      .filter(([, c]) => path === c.path || path.startsWith(c.path.endsWith("/") ? c.path : `${c.path}/`))
      .map(([n, c]) => `${n.split("@")[0]}=${c.value}`)
      .join("; ");
  return {
    jar,
    async visit(url: string | URL): Promise<{ status: number; location: string | null; text: string; headers: Headers }> {
      const at = new URL(url, origin);
      const res = await fetch(at, { redirect: "manual", headers: { cookie: cookies(at.pathname) } });
      for (const line of res.headers.getSetCookie()) {
        const [pair = "", ...attributes] = line.split("; ");
        const [name = "", ...value] = pair.split("=");
        const path = attributes.find((a) => a.toLowerCase().startsWith("path="))?.slice(5) ?? "/";
        if (/expires=Thu, 01 Jan 1970/i.test(line) || value.join("=") === "") jar.delete(`${name}@${path}`);
        else jar.set(`${name}@${path}`, { value: value.join("="), path });
      }
      return { status: res.status, location: res.headers.get("location"), text: await res.text(), headers: res.headers };
    },
    /** Follows redirects of our own until a page of ours or the application is reached. */
    async follow(url: string | URL): Promise<string> {
      let next = new URL(url, origin).href;
      for (let i = 0; i < 12; i++) {
        if (!next.startsWith(origin) || new URL(next).pathname.startsWith("/connexion")) return next;
        const { location, status, text } = await this.visit(next);
        if (!location) throw new Error(`${next} answered ${status}: ${text.slice(0, 300)}`);
        next = new URL(location, next).href;
      }
      throw new Error("redirects without end");
    },
  };
};
