import type { App, Module, Provided } from "#kernel";
import type { Config } from "#kernel/config";
import { documents } from "#documents";
import { exchange } from "#exchange";
import { identity } from "#identity";
import { messages } from "#messages";
import { network } from "#network";
import { registry } from "#registry";
import { services } from "#services";
import { trust } from "#trust";
import { operations } from "../console/index.ts";
import { desk } from "../desk/index.ts";
import { portal } from "../portal/index.ts";
import type { Sandbox } from "../sandbox/index.ts";
import { emailDemo } from "../../drivers/email-demo/index.ts";
import { emailSmtp } from "../../drivers/email-smtp/index.ts";
import { equipmentSnmp } from "../../drivers/equipment-snmp/index.ts";
import { equipmentCli, equipmentNetconf } from "../../drivers/equipment-ssh/index.ts";
import { fabricLinux } from "../../drivers/fabric-linux/index.ts";
import { fabricMemory } from "../../drivers/fabric-memory/index.ts";
import { identityRegisterHttp, simSignalHttp } from "../../drivers/identity-http/index.ts";
import { keysFile } from "../../drivers/keys-file/index.ts";
import { keysPkcs11 } from "../../drivers/keys-pkcs11/index.ts";
import { paySimulator } from "../../drivers/pay-simulator/index.ts";
import { rowsFile } from "../../drivers/rows-file/index.ts";
import { rowsMysql } from "../../drivers/rows-mysql/index.ts";
import { rowsPostgres } from "../../drivers/rows-postgres/index.ts";
import { smsDemo } from "../../drivers/sms-demo/index.ts";
import { smsSmpp } from "../../drivers/sms-smpp/index.ts";
import { timeStampHttp } from "../../drivers/tsa-http/index.ts";
import { consentsOfExchange, personsOfExchange } from "./persons-of-exchange.ts";
import { registerThroughExchange } from "./register-through-exchange.ts";

/** The only list of modules, ground floor first. */
export const modules: readonly Module[] = [registry, messages, trust, documents, identity, exchange, network, services];

/** The front doors; the portal takes what the others leave. */
export const apps: readonly App[] = [desk, operations, portal];

/** Which driver fills which port: by configuration; simulators only in a demonstration. */
export function drivers(config: Config, sandbox: Sandbox | undefined): readonly Provided[] {
  const [registerUrl, simUrl] = [config.setting("identity_register_url"), config.setting("sim_signal_url")];
  if (config.production && !config.setting("smpp_url"))
    throw new Error("Production needs an SMS carrier, citizens sign in by SMS: set TOGUNA_SMPP_URL and TOGUNA_SMPP_FROM.");
  const sms = config.setting("smpp_url") ? [smsSmpp] : config.demo ? [smsDemo] : [];
  const email = config.setting("smtp_url") ? [emailSmtp] : config.demo ? [emailDemo] : [];
  const money = config.demo && sandbox ? [paySimulator({ url: sandbox.url, operators: sandbox.operators })] : [];
  return [
    config.setting("pkcs11_module") ? keysPkcs11 : keysFile,
    ...(config.setting("tsa_url") ? [timeStampHttp] : []),
    personsOfExchange,
    consentsOfExchange,
    registerUrl ? identityRegisterHttp({ url: registerUrl }) : registerThroughExchange,
    simSignalHttp({ ...(simUrl ? { url: simUrl } : {}), ...(sandbox ? { base: sandbox.url } : {}) }),
    fabricLinux,
    equipmentSnmp,
    equipmentNetconf,
    equipmentCli,
    ...(config.demo ? [fabricMemory] : []),
    rowsPostgres,
    rowsMysql,
    rowsFile,
    ...sms,
    ...email,
    ...money,
  ];
}
