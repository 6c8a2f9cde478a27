import { fact, T } from "#kernel";

/** Subject of all: the institution. Never a value of its data. */
export const connectorSet = fact(
  "exchange.connector-set",
  T.Object({ service: T.String(), kind: T.Union([T.Literal("view"), T.Literal("file")]), connection: T.String() }),
  { fr: "Un service d’échange a été relié à une base ou à un dossier", en: "An exchange service was connected to a database or a folder" },
);
export const fileTaken = fact(
  "exchange.file-taken",
  T.Object({ service: T.String(), file: T.String(), rows: T.Integer(), asOf: T.String() }),
  { fr: "Un fichier déposé a été pris en entier", en: "A dropped file was taken whole" },
);
export const fileRefused = fact(
  "exchange.file-refused",
  T.Object({ service: T.String(), file: T.String(), cause: T.String(), faults: T.Integer() }),
  { fr: "Un fichier déposé a été refusé en entier", en: "A dropped file was refused as a whole" },
);
export const connectorFacts = [connectorSet, fileTaken, fileRefused] as const;
