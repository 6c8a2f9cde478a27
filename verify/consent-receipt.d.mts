export function checkReceipt(
  receipt: { payload: string; protected: string; header: { x5c: string[] }; signature: string },
  anchorsPem: string,
  at?: Date,
): { faults: string[]; record: unknown };
