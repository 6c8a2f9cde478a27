// A signed head as text, in the shape transparency logs exchange (three lines: origin, size, root): what is
// signed is exactly what a person can read and retype. The signature is ES256 over these bytes, because the
// same key must fit every HSM and every browser; the ledger key's certificate leads to the root authority.

export interface Head {
  origin: string;
  size: number;
  root: Uint8Array;
}

export const checkpoint = (head: Head): Uint8Array => {
  if (/[\s+]/.test(head.origin) || head.origin === "") throw new RangeError("an origin has no blanks and no plus");
  return new TextEncoder().encode(`${head.origin}\n${head.size}\n${Buffer.from(head.root).toString("base64")}\n`);
};
