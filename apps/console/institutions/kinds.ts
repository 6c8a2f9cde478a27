import type { Lang, Text } from "#kernel";

/** Kinds of institutions in words; a kind a country adds shows as its own code until it is named here. */
const kinds: Record<string, Text> = {
  presidency: { fr: "Présidence", en: "Presidency" },
  government: { fr: "Gouvernement", en: "Government" },
  parliament: { fr: "Parlement", en: "Parliament" },
  ministry: { fr: "Ministères", en: "Ministries" },
  directorate: { fr: "Directions", en: "Directorates" },
  authority: { fr: "Autorités", en: "Authorities" },
  agency: { fr: "Agences et offices", en: "Agencies and offices" },
  "identity-office": { fr: "Offices d’identité", en: "Identity offices" },
  "civil-registry": { fr: "État civil", en: "Civil registries" },
  "town-hall": { fr: "Mairies", en: "Town halls" },
  governorate: { fr: "Gouvernorats", en: "Governorates" },
  "high-commission": { fr: "Hauts-commissariats", en: "High commissions" },
  prefecture: { fr: "Préfectures", en: "Prefectures" },
  "regional-council": { fr: "Conseils régionaux", en: "Regional councils" },
  "court-first-instance": { fr: "Tribunaux de grande instance", en: "First-instance courts" },
  "court-appeal": { fr: "Cours d’appel", en: "Courts of appeal" },
  "court-supreme": { fr: "Hautes juridictions", en: "High courts" },
  "court-constitutional": { fr: "Conseil constitutionnel", en: "Constitutional council" },
  "court-commercial": { fr: "Tribunaux de commerce", en: "Commercial courts" },
  "court-labour": { fr: "Tribunaux du travail", en: "Labour courts" },
  "court-administrative": { fr: "Tribunaux administratifs", en: "Administrative courts" },
  "court-departmental": { fr: "Tribunaux départementaux", en: "Departmental courts" },
  prison: { fr: "Établissements pénitentiaires", en: "Prisons" },
  police: { fr: "Police", en: "Police" },
  gendarmerie: { fr: "Gendarmerie", en: "Gendarmerie" },
  fire: { fr: "Pompiers", en: "Fire brigades" },
  customs: { fr: "Douanes", en: "Customs" },
  tax: { fr: "Impôts", en: "Tax offices" },
  treasury: { fr: "Trésor", en: "Treasury offices" },
  "social-security": { fr: "Sécurité sociale", en: "Social security" },
  "business-desk": { fr: "Guichets des entreprises", en: "Business desks" },
  "hospital-university": { fr: "CHU", en: "University hospitals" },
  "hospital-regional": { fr: "CHR", en: "Regional hospitals" },
  "health-centre": { fr: "Centres de santé", en: "Health centres" },
  "health-district": { fr: "Districts sanitaires", en: "Health districts" },
  university: { fr: "Universités", en: "Universities" },
  school: { fr: "Lycées", en: "Secondary schools" },
  "school-administration": { fr: "Directions de l’éducation", en: "Education directorates" },
  "local-authority": { fr: "Collectivités territoriales", en: "Local authorities" },
  "criminal-records": { fr: "Casier judiciaire central", en: "Central criminal records" },
  hub: { fr: "Nœuds du réseau", en: "Network hubs" },
};

export function kindName(kind: string, lang: Lang): string {
  const text = kinds[kind];
  return text ? (text[lang] ?? text.fr) : kind.replaceAll("-", " ");
}
