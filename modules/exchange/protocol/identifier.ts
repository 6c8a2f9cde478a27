/**
 * X-Road identifiers: INSTANCE/CLASS/MEMBER[/SUBSYSTEM[/SERVICE]].
 * Reading tolerates what foreign software may carry (any letter); what our own directory registers is held to X-Road's advised characters.
 */
export interface Identifier {
  instance: string;
  memberClass: string;
  member: string;
  subsystem?: string;
  service?: string;
}

const advised = /^[A-Za-z0-9'()+,\-.=?]+$/;
/** Separators of paths and of old notations, and characters nobody sees, cannot be part of a name. */
const forbidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\%:;]/u;
const longest = 255;

function partIsReadable(part: string): boolean {
  return part.length > 0 && part.length <= longest && part !== "." && part !== ".." && !forbidden.test(part) && part.isWellFormed();
}

/** A part our directory may register. */
export function partIsAdvised(part: string): boolean {
  return partIsReadable(part) && advised.test(part) && !part.includes("..");
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** Reads three to five percent-encoded parts; undefined when it is not an identifier. */
export function parseIdentifier(text: string): Identifier | undefined {
  if (text.length > 5 * 3 * longest) return undefined;
  const raw = text.split("/");
  if (raw.length < 3 || raw.length > 5) return undefined;
  const parts: string[] = [];
  for (const one of raw) {
    const part = decoded(one);
    if (part === undefined || !partIsReadable(part)) return undefined;
    parts.push(part);
  }
  const [instance, memberClass, member, subsystem, service] = parts as [string, string, string, string?, string?];
  return {
    instance,
    memberClass,
    member,
    ...(subsystem === undefined ? {} : { subsystem }),
    ...(service === undefined ? {} : { service }),
  };
}

/** Exactly four parts: who calls. */
export function parseClient(text: string): Identifier | undefined {
  const id = parseIdentifier(text);
  return id?.subsystem !== undefined && id.service === undefined ? id : undefined;
}

/** Exactly five parts: what is called. */
export function parseService(text: string): Identifier | undefined {
  const id = parseIdentifier(text);
  return id?.service !== undefined ? id : undefined;
}

/** One spelling per identifier: each part percent-encoded once, so that text equality is identity. */
export function formatIdentifier(id: Identifier): string {
  return [id.instance, id.memberClass, id.member, id.subsystem, id.service]
    .filter((part) => part !== undefined)
    .map(encodeURIComponent)
    .join("/");
}

export const memberOf = (id: Identifier): Identifier => ({
  instance: id.instance,
  memberClass: id.memberClass,
  member: id.member,
});

export function subsystemOfService(id: Identifier): Identifier {
  const { service: _, ...subsystem } = id;
  return subsystem;
}
