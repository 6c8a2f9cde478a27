// Neighbours' door of messages: SMS and e-mail, written in the sender's transaction, carried by a job.
import { defineModule } from "#kernel";
import { handleMessages, seeStatistics } from "./api.ts";
import { messageDelivered, messageFailed, messageResent, messageSent } from "./facts.ts";
import { handlers } from "./handlers.ts";
import { clock, delivering, startReceipts } from "./jobs.ts";
import { smsPrices } from "./pack.ts";
import { emailPort, smsPort } from "./ports.ts";

export { type Email, type Sms, type SmsText, sendEmail, sendSms } from "./outbox.ts";
export { maskPhone, normalPhone } from "./phone.ts";
export { type SmsCost, cheapest, foldFrench, smsCost } from "./sms.ts";
export { messageDelivered, messageFailed } from "./facts.ts";

export const messages = defineModule({
  name: "messages",
  floor: 0,
  needs: [],
  handlers,
  facts: [messageSent, messageDelivered, messageFailed, messageResent],
  jobs: [delivering],
  sweeps: [clock],
  ports: [smsPort, emailPort],
  permissions: [seeStatistics, handleMessages],
  pack: [smsPrices],
  purposes: { "messages.follow": { fr: "Suivre la remise des messages envoyés", en: "Follow the delivery of messages" } },
  migrations: new URL("./migrations/", import.meta.url),
  start: startReceipts,
});
