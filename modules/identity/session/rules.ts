import { createHash } from "node:crypto";
import type { Level } from "#kernel";

/** Only the SHA-256 of the 256-bit token is stored: who reads the table cannot sign in. */
export function tokenHash(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** 32 bytes of base64url, nothing else: anything that is no token never reaches the database. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

export interface Life {
  idleSeconds: number;
  absoluteSeconds: number;
}
const hour = 3600;

/**
 * The more a session may do, the shorter it lives. A low session holds nothing of the person's and may last on a
 * handset; an official's ends with the working day.
 */
export function lifeOf(kind: "person" | "official", level: Level): Life {
  if (kind === "official") return { idleSeconds: 2 * hour, absoluteSeconds: 10 * hour };
  if (level === "low") return { idleSeconds: 24 * hour, absoluteSeconds: 30 * 24 * hour };
  if (level === "substantial") return { idleSeconds: hour, absoluteSeconds: 12 * hour };
  return { idleSeconds: hour / 2, absoluteSeconds: 8 * hour };
}

export interface SessionTimes {
  startedAt: Date;
  seenAt: Date;
  expiresAt: Date;
  idleSeconds: number;
  endedAt: Date | null;
}

/** Seconds by which a clock may have been put right without ending everybody's session. */
const skewSeconds = 300;

/** A clock set back must not lengthen a session: one that begins or was seen in the future is dead. */
export function isAlive(s: SessionTimes, now: Date): boolean {
  const t = now.getTime();
  const started = s.startedAt.getTime() - skewSeconds * 1000;
  const seen = s.seenAt.getTime() - skewSeconds * 1000;
  return s.endedAt === null && t >= started && t >= seen && t < s.expiresAt.getTime() && t < s.seenAt.getTime() + s.idleSeconds * 1000;
}

/** Idle time is written down at most once a minute: a page of ten reads is one write. */
export function needsTouch(s: SessionTimes, now: Date): boolean {
  return now.getTime() - s.seenAt.getTime() >= 60_000;
}
