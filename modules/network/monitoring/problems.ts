import { problem } from "#kernel";

export const alarmUnknown = problem("network.alarm-unknown", 404, {
  fr: "Cette alarme n’existe pas, ou ne vous concerne pas.",
  en: "There is no such alarm, or it does not concern you.",
});
export const notSimulated = problem("network.not-simulated", 409, {
  fr: "On ne casse ici que ce qui est simulé, dans une démonstration\u202f: cet élément ne l’est pas.",
  en: "Only what is simulated can be broken here, in a demonstration: this element is not.",
});
