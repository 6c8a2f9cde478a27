// Papers as the tests print them: an invented State, real lengths, West African letters.
import { code2dAttach, code2dPayload } from "./code2d.ts";
import { verification } from "./letter.ts";
import type { ActData, CertificateData, CorrectionData, Letterhead, ReceiptData, RefusalData, ReportData, Templates } from "./shapes.ts";

const arms =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><circle cx="50" cy="50" r="46" fill="none" stroke="#232c56" stroke-width="3"/><path d="M14 46 50 26l36 20v8H14z" fill="#232c56"/><path d="M24 56h6v22h-6zM38 56h6v22h-6zM56 56h6v22h-6zM70 56h6v22h-6z" fill="#b0712a"/><path d="M18 80h64v5H18z" fill="#232c56"/></svg>';
const letterhead: Letterhead = {
  state: "République du Delta",
  motto: "Parole – Travail – Justice",
  arms,
  hierarchy: ["Ministère de la Justice", "Cour d’appel de Tiébo", "Tribunal de grande instance de Koriya"],
};
const code = code2dAttach(
  "http://localhost:8080",
  code2dPayload("00112233aabbccdd", {
    type: "criminal-record-3",
    number: "TGI-KDG-2026-000123",
    issued: "2026-11-21",
    name: "OUÉDRAOGO Aminata Raɩssa",
    birth: "1994-03-14",
    conclusion: "none",
    validUntil: "2026-12-21",
    check: "7K4M29QX3H",
  }),
  Uint8Array.from({ length: 64 }, (_, i) => (i * 97 + 13) % 256),
);
const address = "http://localhost:8080/verifier";
const number = "7K4M 29QX 3H";
const checks = verification("fr", { address, number, code });
const paper = {
  lang: "fr",
  author: "Tribunal de grande instance de Koriya",
  mark: "Démonstration : document sans valeur légale, produit par un système de démonstration.",
  letterhead,
  verification: checks,
  legal: [
    "Signature électronique : certificat personnel de l’agent, émis par l’autorité de certification intégrée (usage fermé ou de démonstration). Cachet : certificat de l’institution, même autorité. Horodatage : autorité intégrée, RFC 3161.",
    "Fondement : loi sur les transactions électroniques, article 34. Une copie imprimée se vérifie par le code ou le numéro ; seul le fichier porte la signature.",
  ],
};
const signature = {
  placeDate: "Fait à Koriya, le 21 novembre 2026",
  role: "Le greffier",
  name: "Adama SAWADOGO",
  caption: "Signé électroniquement par le greffier, cacheté par le tribunal",
};
const recipient = ["Madame OUÉDRAOGO Aminata Raɩssa", "Secteur 4, rue 4.12", "Koriya"];

const act: ActData = {
  ...paper,
  title: "Extrait du casier judiciaire",
  subtitle: "Bulletin nᵒ 3",
  reference: "Acte nᵒ TGI-KDG-2026-000123 · dossier CJ-2026-7K4M-29",
  footer: "Extrait du casier judiciaire, bulletin nᵒ 3 · acte nᵒ TGI-KDG-2026-000123",
  opening: [
    "Le greffier soussigné certifie avoir recherché, dans le casier judiciaire tenu par ce tribunal, la personne dont l’identité suit :",
  ],
  identity: [
    { label: "Nom", value: "OUÉDRAOGO" },
    { label: "Prénoms", value: "Aminata Raɩssa" },
    { label: "Née le", value: "14 mars 1994" },
    { label: "À", value: "Koriya, commune de Koriya, province du Nord-Delta" },
    { label: "Fille de", value: "OUÉDRAOGO Issaka" },
    { label: "Et de", value: "KABORÉ Tɛnɛ" },
  ],
  conclusion: {
    opening: ["Au bulletin nᵒ 3, il est porté :"],
    headline: "Néant",
    text: ["Aucune condamnation devant figurer au bulletin nᵒ 3 n’est inscrite au nom de cette personne à la date du présent extrait."],
  },
  notes: ["Valable jusqu’au 21 décembre 2026. Ce bulletin n’est délivré qu’à la personne qu’il concerne."],
  signature,
};

/** The same act for someone with `count` mentions. */
export const actWithMentions = (count: number): ActData => ({
  ...act,
  conclusion: {
    opening: ["Au bulletin nᵒ 3, il est porté :"],
    table: {
      columns: ["Date", "Juridiction", "Infraction", "Peine prononcée"],
      widths: [2, 4, 3, 4],
      rows: Array.from({ length: count }, (_, i) => [
        `${(i % 27) + 1} mai 2021`,
        "Tribunal de grande instance de Koriya",
        "Abus de confiance",
        "Dix-huit mois d’emprisonnement ferme ; amende de 500 000 F",
      ]),
    },
  },
});

const certificate: CertificateData = {
  ...paper,
  title: "Certificat de nationalité",
  reference: "Acte nᵒ TGI-KDG-2026-000131 · délivré le 21 novembre 2026",
  footer: "Certificat de nationalité · acte nᵒ TGI-KDG-2026-000131",
  identity: act.identity,
  statement: [
    "Le président du tribunal certifie, au vu des pièces produites et conservées au dossier, que la personne désignée ci-dessus possède la nationalité du Delta par filiation.",
    "En foi de quoi le présent certificat lui est délivré pour servir et valoir ce que de droit.",
  ],
  signature: { ...signature, role: "Le président du tribunal", name: "Fatimata DIALLO" },
};

const receipt: ReceiptData = {
  ...paper,
  title: "Quittance",
  reference: "Quittance nᵒ TGI-KDG-Q-2026-000087 · 21 novembre 2026, 14 h 32",
  footer: "Quittance nᵒ TGI-KDG-Q-2026-000087",
  payer: [
    { label: "Reçu de", value: "OUÉDRAOGO Aminata Raɩssa" },
    { label: "Pour", value: "Extrait du casier judiciaire, bulletin nᵒ 3" },
    { label: "Dossier", value: "CJ-2026-7K4M-29" },
  ],
  columns: { label: "Droit", payee: "Bénéficiaire", amount: "Montant" },
  lines: [
    { label: "Timbre fiscal", payee: "Direction générale des impôts", amount: "200 F CFA" },
    { label: "Droit de délivrance", payee: "Greffe du tribunal", amount: "300 F CFA" },
    { label: "Frais de service en ligne", payee: "Agence nationale du numérique", amount: "250 F CFA" },
  ],
  total: { label: "Total payé", amount: "750 F CFA", words: "Sept cent cinquante francs CFA" },
  payment: [
    { label: "Moyen", value: "Argent mobile, opérateur Simili" },
    { label: "Référence", value: "PMT-20261121-55AF09" },
  ],
  notes: ["Aucune autre somme n’est due pour cette démarche. Conservez cette quittance : elle seule fait preuve du paiement."],
  verification: verification("fr", { address, number }),
};

const refusal: RefusalData = {
  ...paper,
  title: "Décision de refus",
  reference: "Décision nᵒ TGI-KDG-2026-000140",
  footer: "Décision de refus nᵒ TGI-KDG-2026-000140",
  recipient,
  subject: { label: "Objet :", value: "votre demande de certificat de nationalité, dossier CN-2026-4410-08" },
  opening: ["Madame,", "Votre demande du 12 novembre 2026 a été examinée. Elle ne peut pas être accueillie, pour les raisons qui suivent."],
  grounds: {
    heading: "Motifs",
    items: [
      {
        title: "Filiation non établie",
        text: "L’acte de naissance produit ne porte pas le nom de l’ascendant dont la nationalité est invoquée (code des personnes, article 140).",
      },
      {
        title: "Pièce illisible",
        text: "La copie de la carte de l’ascendant ne permet pas de lire son numéro. Elle vous a été redemandée le 15 novembre 2026.",
      },
    ],
  },
  appeal: {
    heading: "Si vous contestez cette décision",
    text: [
      "Vous pouvez demander au président du tribunal de la revoir, sans frais, jusqu’au 21 janvier 2027, en ligne dans votre dossier ou au greffe.",
      "Vous pouvez aussi saisir le tribunal administratif de Koriya dans les deux mois qui suivent la réception de cette lettre. Vous pouvez enfin présenter une nouvelle demande à tout moment.",
    ],
  },
  closing: ["Veuillez agréer, Madame, l’expression de ma considération distinguée."],
  signature: { ...signature, role: "Le président du tribunal", name: "Fatimata DIALLO" },
};

const correction: CorrectionData = {
  ...paper,
  title: "Demande de correction",
  reference: "Dossier CN-2026-4410-08",
  footer: "Demande de correction · dossier CN-2026-4410-08",
  recipient,
  subject: { label: "Objet :", value: "votre demande de certificat de nationalité" },
  opening: [
    "Madame,",
    "Votre demande ne peut pas encore être décidée : les points suivants sont à corriger. Rien d’autre n’est à refaire.",
  ],
  columns: { field: "Information", given: "Ce que vous avez donné", expected: "Ce qui est attendu" },
  items: [
    {
      field: "Date de naissance du père",
      given: "31 février 1962",
      expected: "Une date qui existe ; si le jour n’est pas connu, laissez-le vide.",
    },
    { field: "Copie de la carte", given: "Photographie floue", expected: "Une photographie nette, à plat, où le numéro se lit." },
  ],
  deadline: {
    label: "Avant le 5 décembre 2026",
    text: "Le délai légal est suspendu jusqu’à votre réponse. Sans réponse à cette date, la demande est classée ; vous pourrez la présenter à nouveau.",
  },
  signature,
  verification: verification("fr", { address, number }),
};

/** An act as long as a real one: five levels of authority, eleven lines of identity, four mentions. */
export const longAct: ActData = {
  ...actWithMentions(3),
  letterhead: {
    ...letterhead,
    hierarchy: [
      "Présidence de la République",
      "Premier ministère",
      "Ministère de la Justice",
      "Cour d’appel de Tiébo",
      "Tribunal de grande instance de Koriya",
    ],
  },
  identity: [
    ...(act.identity ?? []),
    { label: "Sexe", value: "Féminin" },
    { label: "Commune de naissance", value: "Koriya" },
    { label: "Pays de naissance", value: "Delta" },
    { label: "Nationalité", value: "du Delta" },
    { label: "Profession", value: "Commerçante au grand marché" },
  ],
};

const report: ReportData = {
  ...paper,
  title: "Le réseau de l’administration",
  reference: "Révision 12 · 21 novembre 2026",
  footer: "Le réseau de l’administration · révision 12",
  figures: [
    { label: "sites raccordés", value: "412" },
    { label: "kilomètres de fibre", value: "513" },
    { label: "à la merci d’une coupure", value: "38" },
  ],
  lead: ["Un site tient en moyenne 99,94 % du temps, soit cinq heures d’arrêt par an."],
  sections: [
    { heading: "Les coupures qui coûteraient le plus", table: { columns: ["Liaison", "Sites", "Heures par an"], widths: [4, 1, 2], rows: [["Koriya – Sanda", "21", "8"]] }, numeric: [1, 2] }, // prettier-ignore
    { heading: "Le prochain kilomètre", text: ["Poser 12 km entre Koriya et Sanda libère 21 sites."] },
  ],
  verification: {
    heading: "Comment ces chiffres sont obtenus",
    steps: ["2,73 coupures par an pour 1 000 km, douze heures de réparation."],
  },
};

export const samples: Templates = { act, certificate, receipt, refusal, correction, report };
