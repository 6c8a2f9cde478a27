/**
 * Delays counted by buckets of growing width, as DDSketch does (Masson, Rim, Lee 2019): bucket i stands for
 * 0.05 ms times 2^(i/8), so a quantile is within 4.5 % and two sketches add up. At most 161 buckets, a few bytes each.
 */
export type Sketch = Map<number, number>;
const least = 0.05;
export const mostBucket = 160;

export function bucketOf(ms: number): number {
  return ms <= least ? 0 : Math.min(mostBucket, Math.round(8 * Math.log2(ms / least)));
}
export const valueOf = (bucket: number): number => least * 2 ** (bucket / 8);

export function addTo(s: Sketch, more: Iterable<readonly [number, number]>): Sketch {
  for (const [i, n] of more) s.set(i, (s.get(i) ?? 0) + n);
  return s;
}

/** Milliseconds below which the share `q` of the delays lies; undefined when there are none. */
export function quantile(s: Sketch, q: number): number | undefined {
  let left = [...s.values()].reduce((a, b) => a + b, 0);
  if (left === 0) return undefined;
  left = Math.max(1, Math.ceil(left * q));
  for (const [i, n] of [...s].toSorted(([a], [b]) => a - b)) {
    left -= n;
    if (left <= 0) return valueOf(i);
  }
  return undefined;
}

/** Pairs of bucket and count, each seven bits a byte (LEB128), buckets as differences. */
export function encode(s: Sketch): Buffer {
  const out: number[] = [];
  const put = (value: number) => {
    let n = value;
    while (n >= 128) {
      out.push((n % 128) | 128);
      n = Math.floor(n / 128);
    }
    out.push(n);
  };
  let last = 0;
  for (const [i, n] of [...s].toSorted(([a], [b]) => a - b)) {
    put(i - last);
    put(n);
    last = i;
  }
  return Buffer.from(out);
}
export function decode(bytes: Uint8Array): Sketch {
  const s: Sketch = new Map();
  let at = 0;
  const take = () => {
    let [n, scale] = [0, 1];
    for (;;) {
      const b = bytes[at++] ?? 0;
      n += (b & 127) * scale;
      if (b < 128) return n;
      scale *= 128;
    }
  };
  let last = 0;
  while (at < bytes.length) {
    last += take();
    s.set(last, take());
  }
  return s;
}
