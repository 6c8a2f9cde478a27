/** Twelve months as pairs of bars; the table beside it says the same in figures. */
import { html, type Html } from "#kernel";

const [width, height, foot] = [456, 150, 20];
const column = width / 12;

export function bars(months: readonly { month: number; asked: number; answered: number }[], name: (month: number) => string): Html {
  const most = Math.max(1, ...months.flatMap((one) => [one.asked, one.answered]));
  const room = height - foot;
  const tall = (n: number) => (n === 0 ? 0 : Math.max(2, Math.round((n / most) * (room - 6))));
  const bar = (x: number, n: number, fill: string) =>
    html`<rect x="${Math.round(x)}" y="${room - tall(n)}" width="12" height="${tall(n)}" rx="2" fill="${fill}" />`;
  return html`<svg viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false" width="100%">
    ${months.map((one, i) => {
      const left = i * column;
      return html`${bar(left + column / 2 - 13, one.answered, "var(--link)")} ${bar(left + column / 2 + 1, one.asked, "var(--glow)")}
        <text x="${left + column / 2}" y="${height - 5}" text-anchor="middle" font-size="14" fill="var(--soft)">${name(one.month)}</text>`;
    })}
    <line x1="0" y1="${room}" x2="${width}" y2="${room}" stroke="var(--edge)" stroke-width="1" />
  </svg>`;
}

export const swatch = (fill: "link" | "glow"): Html =>
  html`<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
    <rect width="12" height="12" rx="2" fill="var(--${fill})" />
  </svg>`;
