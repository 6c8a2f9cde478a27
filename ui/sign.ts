import { html, raw, type Html } from "#kernel";
import { drawing } from "./drawing.ts";

/** Drawn once in the header; other places point at it with `signAgain`. Decorative: the name stands beside it. */
export function sign(arms?: Html): Html {
  if (arms) return arms;
  return raw(`<svg class="t-sign" viewBox="0 0 48 40" aria-hidden="true" focusable="false"><g id="sign">${drawing}</g></svg>`);
}

export function signAgain(): Html {
  return html`<svg class="t-sign" viewBox="0 0 48 40" aria-hidden="true" focusable="false">
    <use href="#sign" />
  </svg>`;
}

const unsafe = /<\s*(script|style|foreignObject|iframe|image|a|animate|set|use)\b|\son\w+\s*=|javascript:|\bhref\s*=|<!|<\?|\bstyle\s*=/i;

/**
 * A country pack's arms in place of the sign: one plain SVG drawing, shapes only. What could run, load or style is
 * refused outright rather than cleaned, so that the pack's author hears of it.
 */
export function armsFrom(svg: string): Html {
  const text = svg.trim();
  if (!/^<svg\s[^>]*viewBox=/.test(text) || !text.endsWith("</svg>")) throw new Error("arms: one <svg> element with a viewBox is needed");
  if (text.length > 6000) throw new Error("arms: at most 6,000 characters, they travel with every page");
  if (unsafe.test(text)) throw new Error("arms: shapes only; no script, style, link, image or event attribute");
  return raw(text.replace(/^<svg\s/, '<svg class="t-sign" aria-hidden="true" focusable="false" '));
}
