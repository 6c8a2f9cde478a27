/** RFC 1123: letters, digits, hyphens, at most 63. */
export function hostname(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9-]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 63) || "node"; // prettier-ignore
}
