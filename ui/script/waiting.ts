// Waiting pages: looks again without losing one's place, and tells screen readers what changed. Without script the
// page reloads by itself (see layout). Parts marked data-live are replaced; when nothing is awaited any more, reload.
const look = async (seconds: number): Promise<void> => {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (answer.redirected) return location.replace(answer.url);
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!fresh.querySelector("[data-refresh]")) return location.reload();
      for (const part of Array.from(document.querySelectorAll("[data-live]"))) {
        const next = fresh.getElementById(part.id);
        if (next && next.innerHTML !== part.innerHTML) part.innerHTML = next.innerHTML;
      }
    }
  } catch {
    // The link is down: keep what is shown and look again later.
  }
  setTimeout(look, seconds * 1000, Math.min(seconds * 1.5, 60));
};
const awaited = document.querySelector<HTMLElement>("[data-refresh]");
if (awaited) setTimeout(look, Number(awaited.dataset.refresh) * 1000, Number(awaited.dataset.refresh));
