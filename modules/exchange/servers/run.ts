/** What a running program does as an exchange server: it reads the book again, opens its port, cuts who may not call any more. */
import type { Host, JobContext } from "#kernel";
import { ensureTlsIdentity } from "#trust";
import { directoryChanged } from "../configuration/publish.ts";
import { perProgram } from "../memory/program.ts";
import { cutConnections } from "../transport/connections.ts";
import { hangUp } from "../transport/dial.ts";
import { listen, type ServerPort } from "../transport/listen.ts";
import { approvedRows } from "../federation/store.ts";
import { forgetOwn } from "../transport/own.ts";
import { type Book, bookOf, houseId, peerOf, refreshBook } from "./book.ts";
import { joinedRow, putAddressOf, putServer } from "./store.ts";
import { hostOf, portOf } from "./token.ts";

const every = 5000;
const usualPort = 5500;
const memory = perProgram(() => ({ port: undefined as ServerPort | undefined, opening: undefined as Promise<void> | undefined }));

/** At the program's start; answers what stops it. */
export async function runServer(host: Host): Promise<() => Promise<void>> {
  await keepUp(host).catch((error: unknown) => host.log.error({ error: String(error) }, "exchange servers"));
  const timer = setInterval(() => {
    keepUp(host).catch((error: unknown) => host.log.warn({ error: String(error) }, "exchange servers"));
  }, every);
  timer.unref();
  return async () => {
    clearInterval(timer);
    hangUp(host);
    await memory(host).port?.stop();
    memory(host).port = undefined;
  };
}

/** One look: the book, who is cut, whether the port stands and with which certificate. */
export async function keepUp(j: JobContext): Promise<Book> {
  const before = bookOf(j)?.version;
  const book = await refreshBook(j);
  if (before !== undefined && before !== book.version) directoryChanged(j);
  const cut = cutConnections(j, (fingerprint, server) => peerOf(j, fingerprint)?.id === server);
  if (cut > 0) {
    j.metric.count("exchange_connections_cut_total", {}, cut);
    j.log.warn({ connections: cut }, "exchange: connections cut, their servers may not call any more");
  }
  if (book.configuration)
    j.metric.gauge("exchange_configuration_age_seconds", Math.max(0, (j.clock.now().getTime() - book.configuration.at.getTime()) / 1000));
  j.metric.gauge("exchange_servers", book.servers.size);
  if (j.config.role !== "worker" && j.config.role !== "command") await standing(j, book);
  return bookOf(j) ?? book;
}

/** A house opens its port with the first server that joins it; a gateway once it has joined. */
async function standing(j: JobContext, book: Book): Promise<void> {
  const held = memory(j);
  if (held.port) return held.port.renew();
  const wanted = book.gateway ? book.self !== undefined : [...book.servers.values()].some((one) => !one.centre) || (await federates(j));
  if (!wanted) return;
  held.opening ??= open(j, book).finally(() => (held.opening = undefined));
  await held.opening;
}

/** The other instance learns our address from what we show it: the port stands before anybody was heard. */
const federates = (j: JobContext): Promise<boolean> =>
  j.transaction(async (ctx) => (await approvedRows(ctx.db)).length > 0, { readOnly: true });

async function open(j: JobContext, book: Book): Promise<void> {
  const at = await asBefore(j, whereOpened(j));
  if (!book.gateway)
    await ensureTlsIdentity(j, { subject: houseId(j.country.instance), organization: j.country.name.fr, host: hostOf(at.address) });
  if (!book.gateway && book.house === undefined) await register(j, at.address);
  forgetOwn(j);
  const port = await opened(j, at);
  if (!port) return;
  memory(j).port = port;
  const address = `${hostOf(at.address)}:${at.fixed ? portOf(at.address) : port.port}`;
  if (!book.gateway) await register(j, address);
  else await j.transaction((ctx) => putAddressOf(ctx, address));
  await refreshBook(j);
  j.log.info({ port: port.port, address }, "exchange server port open");
}

/** Nobody named a port: the one that was open last time, so that the others find this program again. */
async function asBefore(j: JobContext, at: Opening): Promise<Opening> {
  if (at.given || at.fixed) return at;
  const known = j.config.role === "gateway" ? (await whoJoined(j))?.address : bookOf(j)?.servers.get(houseId(j.country.instance))?.address;
  const port = known === undefined ? 0 : portOf(known);
  return port === 0 ? at : { ...at, port, address: `${hostOf(at.address)}:${port}` };
}

async function opened(j: JobContext, at: { host: string; port: number; given: boolean }): Promise<ServerPort | undefined> {
  try {
    return await listen(j, at);
  } catch (error) {
    // A demonstration beside another one takes any port; whoever named one means it.
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || at.given || !j.config.demo) throw error;
    return listen(j, { ...at, port: 0 });
  }
}

/** Under its own name the house stands in the directory like every server. */
async function register(j: JobContext, address: string): Promise<void> {
  const house = { id: houseId(j.country.instance), institution: null, address, centre: true, since: j.clock.now(), members: [] };
  await j.transaction((ctx) => putServer(ctx.db, house));
  await refreshBook(j);
  directoryChanged(j);
}

export interface Opening {
  /** What it listens on. */
  host: string;
  port: number;
  /** host:port for the others. */
  address: string;
  given: boolean;
  /** The address was said, not derived. */
  fixed: boolean;
}

/** TOGUNA_GATEWAY_PORT, _HOST (what it listens on) and _ADDRESS (host:port under which others find it). */
export function whereOpened(j: Pick<JobContext, "config">): Opening {
  const { config } = j;
  const port = Number(config.setting("gateway_port") ?? usualPort);
  const host = config.setting("gateway_host") ?? (config.demo ? "127.0.0.1" : "0.0.0.0");
  const named = config.demo ? "127.0.0.1" : new URL(config.origin).hostname;
  const said = config.setting("gateway_address");
  return {
    host,
    port,
    address: said ?? `${named}:${port}`,
    given: config.setting("gateway_port") !== undefined,
    fixed: said !== undefined,
  };
}

export const openPort = (j: JobContext): number | undefined => memory(j).port?.port;
export const whoJoined = (j: JobContext) => j.transaction((ctx) => joinedRow(ctx), { readOnly: true });
