import { type Header, headerValue } from "../../protocol/header.ts";

const names = ["x-govstack-client", "information-mediator-client"];

/** GovStack's programs name themselves in a header of their own (Information Mediator, PubSub 2.0.0): the same identifier, said in X-Road's word too. */
export function spoken(headers: readonly Header[]): readonly Header[] {
  if (headerValue(headers, "x-road-client") !== undefined) return headers;
  const name = names.map((one) => headerValue(headers, one)).find((value) => value !== undefined);
  return name === undefined ? headers : [...headers, ["X-Road-Client", name.split("/").map(unquoted).join("/")]];
}

/** Some of them send identifiers within quotation marks. */
export const unquoted = (part: string): string => part.replace(/^(?:"|%22)(.*)(?:"|%22)$/i, "$1");
