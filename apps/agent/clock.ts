/** The machine's clock, which may be wrong: a site whose battery died begins in 1970. What orders go by is their number, never the time. */
export const now = (): number => Date.now();
