import { downloadDeskDocument, handleCases, previewAct, signActs } from "#services/api";
import { download, official, page, T } from "#kernel";

/** The signed act or letter, shown by the browser. */
export const documentPage = page({
  id: "desk.document",
  path: "/bureau/dossiers/{number}/documents/{kind}",
  who: official(handleCases),
  reads: [downloadDeskDocument],
  input: T.Object({ number: T.String({ minLength: 6, maxLength: 32 }), kind: T.Enum(["act", "letter"]) }),
  async render(p, { number, kind }) {
    const file = await p.call(downloadDeskDocument, { number, kind });
    return download(Buffer.from(file.content, "base64"), file.mediaType, file.fileName, { inline: true });
  },
});

/** What would be signed, marked as a preview: made anew each time, kept nowhere. */
export const previewPage = page({
  id: "desk.preview",
  path: "/bureau/dossiers/{number}/apercu",
  who: official(signActs),
  reads: [previewAct],
  input: T.Object({ number: T.String({ minLength: 6, maxLength: 32 }) }),
  async render(p, { number }) {
    const file = await p.call(previewAct, { number });
    return download(Buffer.from(file.content, "base64"), file.mediaType, file.fileName, { inline: true });
  },
});
