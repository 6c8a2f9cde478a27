// A small chain of authorities in memory, for the tests of the pure parts.
import { generateKeyPairSync, type KeyObject, randomBytes, sign as signWith } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { buildCertificate, type Name, nameDer, serialFrom, type Sign } from "./build.ts";
import { extensions, type Profile } from "./profiles.ts";
import { type Certificate, pem, readCertificate } from "./read.ts";

export interface TestKey {
  certificate: Certificate;
  sign: Sign;
  privateKey: KeyObject;
}

export const memorySigner = (privateKey: KeyObject): Sign => {
  return async (message) => signWith("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
};

export const issue = async (
  profile: Profile,
  commonName: string,
  issuer?: TestKey,
  validity: { from: string; to: string } = { from: "2026-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z" },
  more: Partial<Name> = {},
): Promise<TestKey> => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
  const sign = memorySigner(privateKey);
  const subject = nameDer({ country: "ZZ", organization: "État d’essai", commonName, ...more });
  const issuerSpki = issuer?.certificate.spki ?? spki;
  const der = await buildCertificate(
    {
      serial: serialFrom(randomBytes(16)),
      issuer: issuer?.certificate.subject ?? subject,
      subject,
      notBefore: new Date(validity.from),
      notAfter: new Date(validity.to),
      spki,
      extensions: extensions(profile, spki, issuerSpki, {
        ocsp: "http://ocsp.test/ocsp",
        issuer: "http://ocsp.test/issuer",
        crl: "http://ocsp.test/crl",
      }),
    },
    issuer?.sign ?? sign,
  );
  return { certificate: readCertificate(der), sign, privateKey };
};

export const testChain = async () => {
  const root = await issue("root", "Autorité racine d’essai");
  const issuing = await issue("issuing", "Autorité émettrice d’essai", root);
  const [seal, person, tsa, ocsp] = await Promise.all([
    issue("seal", "Tribunal d’essai", issuing, undefined, { organizationIdentifier: "GOVZZ-tgi" }),
    issue("person", "Awa Essai", issuing, undefined, { serialNumber: "7f3a" }),
    issue("tsa", "Horodatage d’essai", issuing),
    issue("ocsp", "OCSP d’essai", issuing),
  ]);
  return { root, issuing, seal, person, tsa, ocsp };
};

export type TestChain = Awaited<ReturnType<typeof testChain>>;

/** A scratch folder with files, and a command run in it; both output streams in one text. */
export const scratch = (files: Record<string, Uint8Array | string>) => {
  const folder = mkdtempSync(join(tmpdir(), "trust-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return {
    folder,
    run: (command: string, ...args: string[]) => {
      const done = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
      return { code: done.status, out: `${done.stdout}${done.stderr}` };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

export const pemOf = (...keys: TestKey[]): string => keys.map((key) => pem("CERTIFICATE", key.certificate.der)).join("");

/** Whether a Debian tool is here; in CI its absence is a failure, so the test runs and fails. */
export const missing = (tool: string, debian: string): string | false =>
  !process.env.CI && spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0 ? `install ${debian} (apt-get install ${debian})` : false;
