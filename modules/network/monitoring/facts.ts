/** What is remembered of alarms. Subject: `network:alarm:<id>`. */
import { fact, T } from "#kernel";

const shared = {
  kind: T.String(),
  element: T.String(),
  severity: T.String(),
  sites: T.Integer(),
  planned: T.Boolean(),
  simulated: T.Boolean(),
};
export const alarmRaised = fact("network.alarm-raised", T.Object(shared), {
  fr: "Une alarme du réseau s’est déclenchée",
  en: "A network alarm was raised",
});
/** `what`: cause, severity, sites, again (it came back: flapping), planned, merged (into `into`: another alarm has the same cause). */
export const alarmChanged = fact("network.alarm-changed", T.Object({ ...shared, what: T.String(), into: T.Optional(T.String()) }), {
  fr: "Une alarme du réseau a changé",
  en: "A network alarm changed",
});
export const alarmCleared = fact("network.alarm-cleared", T.Object({ ...shared, seconds: T.Integer(), occurrences: T.Integer() }), {
  fr: "Une alarme du réseau est levée",
  en: "A network alarm was cleared",
});
export const monitoringFacts = [alarmRaised, alarmChanged, alarmCleared];
