/** How long a large body may take beyond the time of the one it is for: a second for each 64 KiB, and no timer longer than there are. */
const pace = 64 * 1024;
const longest = 20 * 86_400_000;

/** Milliseconds. */
export const moreFor = (bytes: number): number => Math.min((bytes / pace) * 1000, longest);
