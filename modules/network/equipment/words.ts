/** Differences in sentences. */
import type { Text } from "#kernel";
import { losses } from "./light.ts";

const fr = (n: number) => String(n).replace(".", ",").replace("-", "−");
const en = (n: number) => String(n).replace("-", "−");

export const unknownDevice = (): Text => ({
  fr: "Cet équipement n’est rattaché à aucun équipement de l’inventaire.",
  en: "This device is linked to none of the inventory.",
});
export const serial = (seen: string, was: string | undefined): Text =>
  was === undefined
    ? { fr: `Numéro de série ${seen}, que l’inventaire ne connaît pas.`, en: `Serial number ${seen}, which the inventory does not know.` }
    : {
        fr: `Numéro de série ${seen}\u202f; l’inventaire dit ${was}\u202f: l’appareil a été remplacé, ou c’en est un autre.`,
        en: `Serial number ${seen}; the inventory says ${was}: it was replaced, or it is another one.`,
      };
export const name = (seen: string, was: string): Text => ({
  fr: `Il s’appelle lui-même « ${seen} »\u202f; l’inventaire dit « ${was} ».`,
  en: `It calls itself “${seen}”; the inventory says “${was}”.`,
});
export const missingPort = (port: string): Text => ({
  fr: `Le port ${port} de l’inventaire n’existe pas sur l’appareil.`,
  en: `The inventory’s port ${port} does not exist on the device.`,
});
export const unexpectedPort = (port: string): Text => ({
  fr: `Le port ${port} sert, et l’inventaire ne le connaît pas.`,
  en: `Port ${port} is in use and the inventory does not know it.`,
});
export const portDown = (port: string, cable: string, byHand: boolean): Text =>
  byHand
    ? {
        fr: `Le port ${port} (câble ${cable}) a été éteint sur l’appareil.`,
        en: `Port ${port} (cable ${cable}) was switched off on the device.`,
      }
    : { fr: `Le port ${port} (câble ${cable}) est sans signal.`, en: `Port ${port} (cable ${cable}) has no signal.` };
export const speed = (port: string, seen: number, was: number): Text => ({
  fr: `Le port ${port} va à ${fr(seen)} Mbit/s\u202f; l’inventaire dit ${fr(was)}.`,
  en: `Port ${port} runs at ${en(seen)} Mbit/s; the inventory says ${en(was)}.`,
});
export const otherNeighbour = (port: string, seen: string, expected: string): Text => ({
  fr: `Au bout du port ${port} se trouve ${seen}\u202f; d’après le câble, ce devrait être ${expected}.`,
  en: `At the end of port ${port} stands ${seen}; by the cable it should be ${expected}.`,
});
export const unknownNeighbour = (port: string, called: string, address: string | undefined): Text => ({
  fr: `Au bout du port ${port} se trouve « ${called} »${address ? ` (${address})` : ""}, inconnu de l’inventaire.`,
  en: `At the end of port ${port} stands “${called}”${address ? ` (${address})` : ""}, unknown to the inventory.`,
});
export const unplannedNeighbour = (port: string, who: string): Text => ({
  fr: `Le port ${port} mène à ${who}\u202f; l’inventaire n’y met aucun câble.`,
  en: `Port ${port} leads to ${who}; the inventory has no cable there.`,
});
export const neighbourLost = (port: string, who: string): Text => ({
  fr: `Rien n’est entendu au bout du port ${port}, où devrait se trouver ${who}.`,
  en: `Nothing is heard at the end of port ${port}, where ${who} should be.`,
});
export const addressNowhere = (address: string, port: string): Text => ({
  fr: `L’adresse ${address} (${port}) n’est dans aucun préfixe de l’inventaire.`,
  en: `Address ${address} (${port}) is in no prefix of the inventory.`,
});
export const addressElsewhere = (address: string, port: string, node: string): Text => ({
  fr: `L’adresse ${address} (${port}) est dans un préfixe attribué à ${node}.`,
  en: `Address ${address} (${port}) is in a prefix assigned to ${node}.`,
});
export const light = (port: string, dBm: number, m: { loss: number; budget: number; margin: number }, measured: boolean): Text => {
  const [f, e] = measured
    ? ["", ""]
    : [" (puissance émise en face supposée égale à celle d’ici)", " (the far end is taken to launch what this one does)"];
  return {
    fr: `Le port ${port} reçoit ${fr(dBm)} dBm\u202f: ${fr(m.loss)} dB perdus pour ${fr(m.budget)} dB admis à ${fr(losses.kilometre)} dB/km, marge ${fr(m.margin)} dB${f}.`,
    en: `Port ${port} receives ${en(dBm)} dBm: ${en(m.loss)} dB lost where ${en(m.budget)} dB are allowed at ${en(losses.kilometre)} dB/km, margin ${en(m.margin)} dB${e}.`,
  };
};
