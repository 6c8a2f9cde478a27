import { provide } from "#kernel";
import { type KeyStore, keysPort } from "#trust/ports";
import { readFileSync } from "node:fs";
import { openToken, type TokenOptions } from "./token.ts";

/** The native library is optional: a machine without a hardware module never builds or loads it. */
async function library(): Promise<typeof import("pkcs11js")> {
  try {
    // The package fills its constants in at load, so only the default export has them.
    return (await import("pkcs11js")).default;
  } catch (cause) {
    throw new Error("keys on PKCS#11 need the native package: run `npm rebuild pkcs11js` (a C++ compiler and make are needed)", { cause });
  }
}

/** Whether this machine could use a module at all: what tests ask before they start. */
export async function pkcs11Available(): Promise<boolean> {
  return library().then(
    () => true,
    () => false,
  );
}

export async function pkcs11Keys(o: Omit<TokenOptions, "library">): Promise<KeyStore & { close(): void }> {
  return openToken({ ...o, library: await library() });
}

/** TOGUNA_PKCS11_MODULE (path of the module), TOGUNA_PKCS11_TOKEN (label), TOGUNA_PKCS11_PIN_FILE. */
export const keysPkcs11 = provide(keysPort, async (host) => {
  const setting = (name: string): string => {
    const value = host.config.setting(name);
    if (!value) throw new Error(`keys on PKCS#11 need TOGUNA_${name.toUpperCase()}`);
    return value;
  };
  const store = await pkcs11Keys({
    module: setting("pkcs11_module"),
    token: setting("pkcs11_token"),
    pin: readFileSync(setting("pkcs11_pin_file"), "utf8").trim(),
    random: (size) => host.ids.bytes(size),
  });
  host.onStop(() => store.close());
  return store;
});
