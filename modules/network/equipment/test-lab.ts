/**
 * Two pieces of equipment made of Debian's parts in network namespaces of their own: `a` with snmpd, lldpd, sshd, zebra and netconfd, and `b`, its neighbour.
 * Their files, sockets and names are in mounts of their own; nothing of it is seen or left on the machine but one end of a cable.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import type { EquipmentSecret } from "./driver.ts";

export interface EquipmentLab {
  address: string;
  /** `SHA256:…` of its SSH host key, as ssh-keygen says it. */
  hostKey: string;
  secrets: { v3: EquipmentSecret; key: EquipmentSecret; password: EquipmentSecret };
  /** The light its two sensors say, in tenths of a dBm. */
  light(receive: number, transmit: number): void;
  /** A command at `a` or `b`. */
  at(which: "a" | "b", ...argv: string[]): { code: number; out: string };
  close(): void;
}

const tools = { ip: "iproute2", unshare: "util-linux", snmpd: "snmpd", lldpd: "lldpd", lldpcli: "lldpd", sshd: "openssh-server", "ssh-keygen": "openssh-client", vtysh: "frr", netconfd: "netconfd", "netconf-subsystem": "netconfd" }; // prettier-ignore

/** What a machine lacks for it, in one line; undefined when nothing. */
export function equipmentLabLacks(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs Linux and root";
  const lacks = Object.entries(tools).filter(([t]) => !["/usr/sbin", "/usr/bin", "/sbin", "/bin"].some((d) => existsSync(join(d, t))));
  if (lacks.length)
    return `apt-get install ${[...new Set(lacks.map(([, p]) => p))].join(" ")} netconfd-module-ietf-interfaces netconfd-module-ietf-system`;
  const made = spawnSync("ip", ["netns", "add", "tgeprobe"]);
  spawnSync("ip", ["netns", "delete", "tgeprobe"]);
  return made.status === 0 ? undefined : "network namespaces may not be made here (a container: --privileged)";
}

function must(...argv: string[]): string {
  const r = spawnSync(argv[0]!, argv.slice(1), { encoding: "utf8", timeout: 20_000 });
  if (r.status !== 0) throw new Error(`${argv.join(" ")}: ${r.stderr || r.error?.message || r.status}`);
  return r.stdout;
}

// netconfd's module asks a helper for addresses that Debian's package leaves out, and stops without it
const helper = `#!/bin/sh
printf '<ipv4 xmlns="urn:ietf:params:xml:ns:yang:ietf-ip">'
ip -4 -o addr show dev "$1" | while read -r _ _ _ a _; do printf '<address><ip>%s</ip><prefix-length>%s</prefix-length></address>' "\${a%/*}" "\${a#*/}"; done
printf '</ipv4>'
`;

/** A subtree of its own for snmpd (man snmpd.conf, "pass_persist"): a chassis with a serial number, a port, two sensors of light. */
const persist = (dir: string) => `$| = 1;
sub cmp_ { my @a = split /\\./, $_[0]; my @b = split /\\./, $_[1]; for (my $i = 1; $i < @a && $i < @b; $i++) { return $a[$i] <=> $b[$i] if $a[$i] != $b[$i] } return @a <=> @b }
while (my $op = <STDIN>) {
  chomp $op; if ($op eq "PING") { print "PONG\\n"; next }
  my $want = <STDIN>; chomp $want; my $found = "";
  open my $f, "<", "${dir}/sensors" or die;
  while (<$f>) { chomp; my ($oid) = split /\\|/; my $d = cmp_($oid, $want); if ($op eq "get" ? $d == 0 : $d > 0) { $found = $_; last } }
  print $found eq "" ? "NONE\\n" : join("\\n", split(/\\|/, $found, 3)) . "\\n";
}
`;
const entity = "1.3.6.1.2.1.47.1.1.1.1";
const sensor = "1.3.6.1.2.1.99.1.1.1";
const sensors = (ifIndex: string, rx: number, tx: number): string => {
  const parts = { 1: ["chassis", 0, 3, "LAB-4711"], 2: ["port ge0", 1, 10, ""], 3: ["ge0 Rx power", 2, 8, ""], 4: ["ge0 Tx power", 2, 8, ""], 5: ["PSU 1 output", 1, 8, ""] } as const; // prettier-ignore
  const rows: string[] = [];
  const column = (base: string, n: number, type: string, of: (p: (typeof parts)[1 | 2 | 3 | 4 | 5], i: string) => string | number) =>
    Object.entries(parts).forEach(([i, p]) => rows.push(`.${base}.${n}.${i}|${type}|${of(p as never, i)}`));
  column(entity, 2, "string", (p) => p[0]);
  column(entity, 4, "integer", (p) => p[1]);
  column(entity, 5, "integer", (p) => p[2]);
  column(entity, 7, "string", (p) => p[0]);
  column(entity, 11, "string", (p) => p[3]);
  rows.push(`.1.3.6.1.2.1.47.1.3.2.1.2.2.0|objectid|.1.3.6.1.2.1.2.2.1.1.${ifIndex}`);
  // dBm (14), dBm (14), watts (6), each in tenths; ok (1)
  [14, 14, 6].forEach((t, k) => rows.push(`.${sensor}.1.${k + 3}|integer|${t}`));
  [9, 9, 9].forEach((s, k) => rows.push(`.${sensor}.2.${k + 3}|integer|${s}`));
  [1, 1, 0].forEach((p, k) => rows.push(`.${sensor}.3.${k + 3}|integer|${p}`));
  [rx, tx, 180].forEach((v, k) => rows.push(`.${sensor}.4.${k + 3}|integer|${v}`));
  [1, 1, 1].forEach((s, k) => rows.push(`.${sensor}.5.${k + 3}|integer|${s}`));
  return `${rows.join("\n")}\n`;
};

/** `name` keeps several laboratories of one machine apart: 1 to 3 small letters or digits; `subnet` a free 198.18.x. */
export async function equipmentLab(name: string, subnet: number): Promise<EquipmentLab> {
  const dir = mkdtempSync(join(tmpdir(), "toguna-equipment-"));
  const ns = { a: `tge-${name}-a`, b: `tge-${name}-b` };
  const outside = `tge${name}`;
  const address = `198.18.${subnet}.2`;
  const running: ChildProcess[] = [];
  const close = () => {
    // all but the first of each, which then ends by itself: the kernel buries the rest with their first process
    const ours = new Set(running.map((p) => p.pid));
    for (const n of Object.values(ns)) {
      const inside = spawnSync("ip", ["netns", "pids", n], { encoding: "utf8" }).stdout.split("\n").filter(Boolean).map(Number);
      for (const pid of inside.filter((x) => !ours.has(x)))
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // gone with its parent
        }
      spawnSync("ip", ["netns", "delete", n]);
    }
    spawnSync("ip", ["link", "delete", outside]);
    rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  // what a killed run left behind
  for (const n of Object.values(ns)) spawnSync("ip", ["netns", "delete", n]);
  spawnSync("ip", ["link", "delete", outside]);
  try {
    for (const n of Object.values(ns)) must("ip", "netns", "add", n);
    must("ip", "link", "add", outside, "type", "veth", "peer", "name", "mgmt", "netns", ns.a);
    must("ip", "addr", "add", `198.18.${subnet}.1/30`, "dev", outside);
    must("ip", "link", "set", outside, "up");
    must("ip", "link", "add", "ge0", "netns", ns.a, "type", "veth", "peer", "name", "eth7", "netns", ns.b);
    for (const line of [
      `addr add ${address}/30 dev mgmt`,
      "link set lo up",
      "link set mgmt up",
      "link set ge0 up",
      "addr add 10.99.0.1/31 dev ge0",
      "addr add fd00:99::1/64 dev ge0",
    ])
      // prettier-ignore
      must("ip", "-n", ns.a, ...line.split(" "));
    for (const line of ["link set lo up", "link set eth7 up", "addr add 10.99.0.0/31 dev eth7"]) must("ip", "-n", ns.b, ...line.split(" "));
    for (const key of ["host", "user"]) must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(dir, key));
    const ifIndex = must("ip", "-n", ns.a, "-o", "link", "show", "ge0").split(":")[0]!;
    const write = (file: string, text: string, mode = 0o644) => writeFileSync(join(dir, file), text, { mode });
    write("sensors", sensors(ifIndex, -52, -21));
    write("persist.pl", persist(dir));
    write("get-interface-ipv4", helper, 0o755);
    const [authenticationKey, privacyKey] = ["laboratory-authentication", "laboratory-privacy"];
    write("snmpd.conf", `agentAddress udp:${address}:161\nsysName sw-a.example\nsysDescr Laboratory switch\nmaster agentx\nagentXSocket /run/agentx\ncreateUser reader SHA-256 "${authenticationKey}" AES "${privacyKey}"\nrouser reader priv\nrocommunity legacy\npass_persist .1.3.6.1.2.1.47 /usr/bin/perl ${dir}/persist.pl\npass_persist .1.3.6.1.2.1.99 /usr/bin/perl ${dir}/persist.pl\n`); // prettier-ignore
    const sshd = (more: string) =>
      `ListenAddress ${address}\nHostKey ${dir}/host\nAuthorizedKeysFile ${dir}/user.pub\nStrictModes no\nPermitRootLogin prohibit-password\nUsePAM no\nPidFile none\nPasswordAuthentication no\nSubsystem netconf "/usr/sbin/netconf-subsystem --ncxserver-sockname=830@/run/ncxserver.sock"\n${more}`;
    write("sshd", sshd("Port 22\nPort 830\n"));
    write("sshd-frr", sshd("Port 2222\nForceCommand /usr/bin/vtysh\n"));
    write("a.sh", `set -e
mount -t tmpfs tmpfs /etc/lldpd.d; echo "configure lldp tx-interval 1" > /etc/lldpd.d/lab.conf
mount -t tmpfs tmpfs /run; mkdir -p /run/sshd /run/lldpd /run/snmp /run/frr; hostname sw-a.example
mount -t tmpfs tmpfs /etc/frr; touch /etc/frr/zebra.conf /etc/frr/frr.conf; echo 'service integrated-vtysh-config' > /etc/frr/vtysh.conf; chown -R frr:frr /etc/frr /run/frr
export SNMP_PERSISTENT_DIR=/run/snmp PATH=${dir}:$PATH
snmpd -f -C -c ${dir}/snmpd.conf -p /run/snmpd.pid &
for i in $(seq 100); do [ -S /run/agentx ] && break; sleep 0.05; done
lldpd -d -x -X /run/agentx &
/usr/sbin/sshd -D -e -f ${dir}/sshd &
/usr/sbin/sshd -D -e -f ${dir}/sshd-frr &
/usr/lib/frr/zebra -i /run/frr/zebra.pid </dev/null &
netconfd --module=ietf-interfaces --module=ietf-system --no-startup --superuser=root --ncxserver-sockname=/run/ncxserver.sock --log=/run/netconfd.log </dev/null &
wait
`); // prettier-ignore
    write("b.sh", `mount -t tmpfs tmpfs /etc/lldpd.d; echo "configure lldp tx-interval 1" > /etc/lldpd.d/lab.conf
mount -t tmpfs tmpfs /run; mkdir -p /run/lldpd; hostname sw-b.example
lldpd -d &
wait
`); // prettier-ignore
    for (const which of ["a", "b"] as const) {
      const log = openSync(join(dir, `${which}.log`), "a");
      running.push(
        spawn("ip", ["netns", "exec", ns[which], "unshare", "-m", "-u", "-p", "-f", "--mount-proc", "sh", join(dir, `${which}.sh`)], {
          stdio: ["ignore", log, log],
        }),
      );
      closeSync(log);
    }
    const at = (which: "a" | "b", ...argv: string[]) => {
      const r = spawnSync("ip", ["netns", "exec", ns[which], ...argv], { encoding: "utf8", timeout: 10_000 });
      return { code: r.status ?? -1, out: r.stdout + r.stderr };
    };
    const listening = () => {
      const open = at("a", "ss", "-Hlntu").out;
      return [":161 ", ":22 ", ":830 ", ":2222 "].every((p) => open.includes(p));
    };
    for (let i = 0; !listening(); i++) {
      if (i > 200) throw new Error(`the laboratory does not start: ${readFileSync(join(dir, "a.log"), "utf8").slice(-2000)}`);
      await new Promise((done) => setTimeout(done, 50));
    }
    const shown = Buffer.from(readFileSync(join(dir, "host.pub"), "utf8").split(" ")[1]!, "base64");
    return {
      address,
      hostKey: `SHA256:${createHash("sha256").update(shown).digest("base64").replace(/=+$/, "")}`,
      secrets: {
        v3: { kind: "snmp-v3", user: "reader", authentication: "sha256", authenticationKey, privacy: "aes128", privacyKey },
        key: { kind: "key", user: "root", privateKey: readFileSync(join(dir, "user"), "utf8") },
        password: { kind: "password", user: "root", password: "not-it" },
      },
      light: (rx, tx) => writeFileSync(join(dir, "sensors"), sensors(ifIndex, rx, tx)),
      at,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
