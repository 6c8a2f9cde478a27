// The design system's one door: components are functions from data to Html.
export * from "./assets.ts";
export * from "./attributes.ts";
export * from "./choices.ts";
export * from "./controls.ts";
export * from "./data.ts";
export * from "./fields.ts";
export * from "./format.ts";
export * from "./gallery.ts";
export * from "./layout.ts";
export * from "./notices.ts";
export * from "./officials.ts";
export * from "./progress.ts";
export * from "./provenance.ts";
export * from "./sign.ts";
export * from "./typography.ts";
