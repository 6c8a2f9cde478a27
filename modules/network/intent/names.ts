/** Interface names: Linux takes 15 characters; a name lives as long as its span. */
export const overlayInterface = "wg0";
export const vlanInterface = (vid: number) => `v${vid}`;

/** FNV-1a, 53 bits of two turns: a name, not a secret. */
function short(text: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return ((a >>> 0) * 2 ** 21 + (b >>> 11)).toString(36);
}

/** The port towards another network, as long as the session is written. */
export const peeringInterface = (id: string) => `p-${short(id)}`;

/** `f-` for fibre, `c-` for a leased circuit, then the span. At most 13 characters. */
export function linkInterface(kind: "cable" | "circuit", span: string): string {
  return `${kind === "cable" ? "f" : "c"}-${short(span)}`;
}
