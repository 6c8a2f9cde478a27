import type { Module, Provided } from "#kernel";
import type { Config } from "#kernel/config";
import { exchange } from "#exchange";
import { registry } from "#registry";
import { trust } from "#trust";
import { keysFile } from "../../drivers/keys-file/index.ts";
import { keysPkcs11 } from "../../drivers/keys-pkcs11/index.ts";
import { rowsFile } from "../../drivers/rows-file/index.ts";
import { rowsMysql } from "../../drivers/rows-mysql/index.ts";
import { rowsPostgres } from "../../drivers/rows-postgres/index.ts";
import { timeStampHttp } from "../../drivers/tsa-http/index.ts";

/** What a gateway is made of. The register of institutions is the centre's: here its tables stay empty, so its start is left out. */
export const gatewayModules: readonly Module[] = [{ ...registry, start: async () => undefined }, trust, exchange];

export const gatewayDrivers = (config: Config): readonly Provided[] => [
  config.setting("pkcs11_module") ? keysPkcs11 : keysFile,
  // an institution's own view or folder is reached from its own gateway
  rowsPostgres,
  rowsMysql,
  rowsFile,
  ...(config.setting("tsa_url") ? [timeStampHttp] : []),
];
