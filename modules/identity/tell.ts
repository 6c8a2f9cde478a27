import type { Context, Text } from "#kernel";
import { sendSms } from "#messages";
import { accountsOf, type Account } from "./account/store.ts";
import { unsealText } from "./secrets.ts";

/** SMS are written without the typographic spaces of pages: one of them would halve the length of a message. */
export async function tellAccount(ctx: Context, account: Account, text: Text, ref?: string): Promise<boolean> {
  if (!account.phone || !account.phoneSealed) return false;
  const to = unsealText(ctx, account.phoneSealed, `phone:${account.phone}`);
  await sendSms(ctx, { to, text, lang: account.lang, ...(account.person ? { person: account.person } : {}), ...(ref ? { ref } : {}) });
  return true;
}

/** Every number of the person: what concerns her identity must reach her even when one number is in other hands. */
export async function tellEverywhere(ctx: Context, person: string, text: Text, ref?: string): Promise<number> {
  let told = 0;
  for (const account of await accountsOf(ctx, person))
    if (await tellAccount(ctx, account, text, ref ? `${ref}:${account.id}` : undefined)) told++;
  return told;
}

// Every letter is in the GSM 7-bit alphabet (which has é, è and à, but neither ê nor ’): one message, not two.
export const texts = {
  code: (code: string, reference: string, host: string): Text => ({
    fr: `Toguna: votre code est ${code} (réf. ${reference}), valable 5 minutes. Ne le donnez à personne, agent compris.\n\n@${host} #${code}`,
    en: `Toguna: your code is ${code} (ref. ${reference}), valid 5 minutes. Give it to nobody, not even an official.\n\n@${host} #${code}`,
  }),
  counterCode: (code: string): Text => ({
    fr: `Toguna: code ${code} pour l'agent qui vérifie votre identité au guichet. Si vous n'y étiez pas, ne le donnez pas.`,
    en: `Toguna: code ${code} for the official who verifies your identity at the counter. If you are not there, do not give it.`,
  }),
  consentCode: (code: string): Text => ({
    fr: `Toguna: code ${code} pour donner votre accord au guichet. Le SMS précédent dit à quoi. Si vous ne le voulez pas, ne le donnez pas.`,
    en: `Toguna: code ${code} to give your consent at the counter. The message before says to what. If you do not want it, do not give it.`,
  }),
  raised: {
    fr: "Toguna: votre identité est vérifiée. Si ce n'est pas vous, signalez-le à un guichet.",
    en: "Toguna: your identity is verified. If this was not you, report it at a counter.",
  },
  noMatch: {
    fr: "Toguna: le registre d'identité n'a pas reconnu ce numéro pour la personne indiquée. Un guichet peut vérifier votre identité.",
    en: "Toguna: the identity register does not hold this number for the person named. A counter can verify your identity.",
  },
  simRecent: {
    fr: "Toguna: la carte SIM de ce numéro a changé récemment. Faites vérifier votre identité à un guichet.",
    en: "Toguna: the SIM of this number changed lately. Your identity must be verified at a counter.",
  },
  unavailable: {
    fr: "Toguna: le registre d'identité ne répond pas. Rien n'est perdu: redemandez plus tard.",
    en: "Toguna: the identity register does not answer. Nothing is lost: ask again later.",
  },
  dropped: {
    fr: "Toguna: changement de carte SIM signalé. Ce numéro seul ne donne plus accès à vos données.",
    en: "Toguna: change of SIM reported. This number alone no longer gives access to your data.",
  },
  claimedByOther: {
    fr: "Toguna: votre numéro d'identité a été saisi depuis un autre téléphone. Rien n'a été ouvert.",
    en: "Toguna: your identity number was entered from another telephone. Nothing was opened.",
  },
  secondNumber: {
    fr: "Toguna: un autre numéro est maintenant lié à votre identité. Si ce n'est pas vous, signalez-le à un guichet.",
    en: "Toguna: another number is now tied to your identity. If this was not you, report it at a counter.",
  },
  numberGone: {
    fr: "Toguna: ce numéro n'ouvre plus votre compte, un autre le remplace. Si ce n'est pas vous, signalez-le à un guichet.",
    en: "Toguna: this number no longer opens your account, another one replaces it. If this was not you, report it at a counter.",
  },
} as const;
