import { atLeast, type Level, type Text } from "#kernel";

export const levels: readonly Level[] = ["low", "substantial", "high"];
const isLevel = (text: string): text is Level => (levels as readonly string[]).includes(text);

/**
 * The level a request needs: what the application is registered for, or more if it asks. `acr_values` names the
 * acceptable ones (OpenID Connect Core, 3.1.2.1): the lowest of them is enough. Unknown values ask for nothing.
 */
export function levelWanted(registered: Level, acrValues: string | undefined): Level {
  const asked = (acrValues ?? "").split(" ").filter(isLevel);
  const lowest = levels.find((level) => asked.includes(level));
  return lowest && atLeast(lowest, registered) ? lowest : registered;
}

const shares: Record<string, Text> = {
  openid: {
    fr: "un identifiant propre à cette application, qui ne permet pas de vous retrouver ailleurs",
    en: "an identifier of this application’s own, which cannot be used to find you elsewhere",
  },
  profile: { fr: "vos nom, prénoms et date de naissance", en: "your names and date of birth" },
  offline_access: {
    fr: "la possibilité d’obtenir ces informations sans que vous soyez devant l’écran, pendant 30 jours",
    en: "the possibility to obtain this information while you are away, for 30 days",
  },
};
const levelShare: Text = { fr: "le niveau de vérification de votre identité", en: "how well your identity has been verified" };

/** One sentence a thing shared. */
export function sharesOf(scope: string): Text[] {
  const known = scope.split(" ").flatMap((one) => (shares[one] ? [shares[one]] : []));
  return known.length ? [...known, levelShare] : [];
}

/**
 * Where codes may be sent: https, or http on the loopback of a developer's machine outside production; no fragment,
 * no credentials, and one host for all, since the pseudonym given to the application is tied to it.
 */
export function redirectsAcceptable(uris: readonly string[], production: boolean): boolean {
  const hosts = new Set<string>();
  for (const text of uris) {
    const url = URL.parse(text);
    if (!url || url.hash || text.includes("#") || url.username || url.password || text.includes("*")) return false;
    const loopback = url.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
    if (url.protocol !== "https:" && !(loopback && !production)) return false;
    hosts.add(url.host);
  }
  return hosts.size === 1;
}
