import { T } from "#kernel";

export const workStates = ["draft", "proposed", "approved", "refused", "cancelled"] as const;
export type WorkState = (typeof workStates)[number];
/** `down`: without network during the work; `one-way`: served by the other way, and by nothing else meanwhile. */
export type Effect = "down" | "one-way";
export const noticeKinds = ["announced", "changed", "cancelled"] as const;
export type NoticeKind = (typeof noticeKinds)[number];
export type NoticeState = "due" | "sent" | "unaddressed" | "superseded";

export const WorkState = T.Enum([...workStates]);
export const EffectName = T.Enum(["down", "one-way"]);
/** RFC 3339; without an offset it is the country's local time, as people write it. */
export const Instant = T.String({
  pattern: "^20\\d{2}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?(Z|[+-]\\d{2}:\\d{2})?$",
  maxLength: 35,
});
