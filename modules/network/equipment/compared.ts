/** All registered equipment against today's inventory. */
import type { Context, Text } from "#kernel";
import { current } from "../plant/current.ts";
import { lastRevision } from "../plant/store.ts";
import { noPlant, type Device, type Plant } from "../plant/shapes.ts";
import { differences, type Difference, type Other } from "./compare.ts";
import { equipmentUnknown } from "./problems.ts";
import * as store from "./store.ts";

export interface Line {
  e: store.Equipment;
  device: Device | undefined;
  /** Empty until it was read. */
  list: (Difference & { accepted?: store.Accepted })[];
}
export interface Whole {
  plant: Plant;
  lines: Line[];
}

export async function compared(ctx: Context, only?: string): Promise<Whole> {
  const plant = (await lastRevision(ctx)) ? (await current(ctx)).model.plant : noPlant();
  const all = await store.all(ctx);
  const devices = new Map(plant.device.map((d) => [d.id, d]));
  const let_ = Map.groupBy(await store.accepted(ctx, only), (a) => a.equipment);
  const others = all.map((e): Other & { id: string } => ({
    id: e.id,
    address: e.address,
    ...(e.device && devices.has(e.device) ? { device: e.device } : {}),
    ...(e.reading ? { reading: e.reading } : {}),
  }));
  const lines = all
    .filter((e) => only === undefined || e.id === only)
    .map((e): Line => {
      const device = e.device ? devices.get(e.device) : undefined;
      const keys = new Map((let_.get(e.id) ?? []).map((a) => [a.key, a]));
      const found = e.reading
        ? differences({ plant, device, name: e.name, reading: e.reading, others: others.filter((o) => o.id !== e.id) })
        : [];
      return { e, device, list: found.map((d) => ({ ...d, ...(keys.has(d.key) ? { accepted: keys.get(d.key)! } : {}) })) };
    });
  return { plant, lines };
}

export async function one(ctx: Context, id: string): Promise<Line & { plant: Plant }> {
  const { plant, lines } = await compared(ctx, id);
  const [line] = lines;
  if (!line) throw equipmentUnknown();
  return { plant, ...line };
}

/** What each trouble means, what to do, and who can. */
export const troubles: Record<string, { words: Text; remedy: Text }> = {
  unreachable: {
    words: { fr: "Personne ne répond à cette adresse.", en: "Nobody answers at this address." },
    remedy: {
      fr: "Sur place\u202f: alimentation, câble, adresse. Ensuite le pare-feu.",
      en: "On the spot: power, cable, address. Then the firewall.",
    },
  },
  silent: {
    words: { fr: "L’appareil se tait.", en: "The device is silent." },
    remedy: {
      fr: "L’exploitant vérifie que le protocole est actif, que l’appareil nous admet, et les mots de passe (un mauvais mot de passe de chiffrement donne ce silence).",
      en: "The operator checks that the protocol is on, that the device admits us, and the passwords (a wrong privacy password gives this silence).",
    },
  },
  cut: {
    words: { fr: "L’appareil a coupé au milieu de sa réponse.", en: "The device cut off in the middle of its answer." },
    remedy: {
      fr: "Rien à faire si c’est passager\u202f; sinon l’exploitant regarde le journal de l’appareil.",
      en: "Nothing if it passes; else the operator looks at the device’s own log.",
    },
  },
  credentials: {
    words: { fr: "L’appareil refuse l’utilisateur ou son mot de passe.", en: "The device refuses the user or its password." },
    remedy: { fr: "L’exploitant saisit de nouveau les identifiants ci-dessous.", en: "The operator enters the credentials again below." },
  },
  "identity-unknown": {
    words: {
      fr: "L’appareil a montré son identité\u202f; personne ne l’a encore approuvée.",
      en: "The device showed its identity; nobody has approved it yet.",
    },
    remedy: {
      fr: "Comparez-la à celle lue sur l’appareil, puis approuvez. D’ici là, aucun mot de passe ne lui est envoyé.",
      en: "Compare it with the one read on the device, then approve. Until then no password is sent to it.",
    },
  },
  "identity-changed": {
    words: {
      fr: "Ce n’est plus la même identité\u202f: appareil remplacé, ou quelqu’un se fait passer pour lui.",
      en: "It is another identity: the device was replaced, or somebody poses as it.",
    },
    remedy: {
      fr: "Allez voir sur place avant d’approuver. D’ici là, aucun mot de passe ne lui est envoyé.",
      en: "Go and look on the spot before approving. Until then no password is sent to it.",
    },
  },
  forbidden: {
    words: { fr: "L’appareil ne laisse pas lire cet utilisateur.", en: "The device does not let this user read." },
    remedy: {
      fr: "L’exploitant donne à cet utilisateur le droit de lecture sur l’appareil.",
      en: "The operator gives this user the right to read on the device.",
    },
  },
  malformed: {
    words: { fr: "La réponse n’est pas celle du protocole.", en: "The answer is not what the protocol has." },
    remedy: {
      fr: "L’exploitant vérifie le protocole et le port, puis la version du logiciel de l’appareil.",
      en: "The operator checks protocol and port, then the version of the device’s software.",
    },
  },
  "too-large": {
    words: {
      fr: "La réponse dépasse ce qu’une lecture peut contenir\u202f: rien n’en est retenu.",
      en: "The answer is larger than a reading may be: nothing of it is kept.",
    },
    remedy: {
      fr: "L’exploitant restreint la vue de cet utilisateur sur l’appareil.",
      en: "The operator narrows this user’s view on the device.",
    },
  },
  unfit: {
    words: {
      fr: "L’appareil n’offre pas ce que le protocole ou le profil demande.",
      en: "The device does not offer what the protocol or profile asks.",
    },
    remedy: { fr: "L’exploitant choisit un autre protocole ou profil.", en: "The operator chooses another protocol or profile." },
  },
  outside: {
    words: {
      fr: "Son adresse n’est plus dans aucun préfixe de l’inventaire\u202f: il n’est plus appelé.",
      en: "Its address is in no prefix of the inventory any more: it is not called.",
    },
    remedy: {
      fr: "Ajoutez le préfixe à l’inventaire par un projet, ou changez l’adresse.",
      en: "Add the prefix to the inventory by a branch, or change the address.",
    },
  },
  absent: {
    words: { fr: "Ce serveur ne parle pas ce protocole.", en: "This server does not speak this protocol." },
    remedy: { fr: "L’administrateur de la plateforme installe le pilote.", en: "The platform’s administrator installs the driver." },
  },
};
