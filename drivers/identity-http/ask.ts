const largest = 256 * 1024;

/** The rows, or why there are none: `refused` (the register understood, and cannot search that) or `unavailable`. */
export async function ask(
  url: string,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<Record<string, unknown>[] | "refused" | "unavailable"> {
  try {
    const address = new URL(url);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    const res = await fetch(address, {
      headers: { accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    if (res.status === 400) {
      await res.body?.cancel();
      return "refused";
    }
    if (res.status !== 200) {
      await res.body?.cancel();
      return "unavailable";
    }
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of res.body ?? []) {
      size += piece.length;
      if (size > largest) return "unavailable";
      pieces.push(piece);
    }
    const body = JSON.parse(Buffer.concat(pieces).toString("utf8")) as { rows?: unknown };
    return Array.isArray(body.rows) ? (body.rows as Record<string, unknown>[]) : "unavailable";
  } catch {
    return "unavailable";
  }
}
