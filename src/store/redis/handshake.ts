import { isIP } from "node:net";
import type { Milliseconds } from "../../http/date.ts";

/** Why there is no connection: what somebody has to put right, or what may pass. */
export type Diagnosis = { readonly type: "unusable" | "unreachable"; readonly why: string };

const PATIENCE: Milliseconds = 2000;
const CLOSES = "it closes the connection (with TLS it is rediss://)";

/**
 * Finds out why Bun's client could not connect, which it does not tell: says to the server what a client says first and reads what it
 * answers.
 * @param url with credentials; the answer holds none
 */
export async function diagnosed(url: string): Promise<Diagnosis> {
  const { promise, resolve } = Promise.withResolvers<Diagnosis>();
  const { hostname, port, protocol, username, password, pathname } = new URL(url);
  const commands = [
    ...(password === "" ? [] : [["AUTH", ...(username === "" ? [] : [username]), password].map(decodeURIComponent)]),
    ...(pathname.length > 1 ? [["SELECT", pathname.slice(1)]] : []),
    // RESP3, as Bun's client speaks it.
    ["HELLO", "3"],
  ];
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const secure = /^(?:rediss|valkeys):$/.test(protocol);
  const silence = secure ? "it answers no TLS handshake (without TLS it is redis://)" : "it does not answer";
  const timer = setTimeout(() => resolve({ type: "unreachable", why: silence }), PATIENCE);
  let said = "";
  const speak = (socket: Bun.Socket): void => {
    socket.write(commands.map(written).join(""));
  };
  const socket = await Bun.connect({
    hostname: host,
    port: Number(port === "" ? 6379 : port),
    ...(secure ? { tls: { serverName: isIP(host) === 0 ? host : "" } } : {}),
    socket: {
      open(opened) {
        if (!secure) speak(opened);
      },
      handshake(opened, success, error) {
        if (success && error === null) speak(opened);
        else resolve({ type: "unusable", why: `TLS: ${error?.message ?? "the handshake failed"}` });
      },
      data(_, bytes) {
        said += bytes.toString("latin1");
        const verdict = judged(said);
        if (verdict !== undefined) resolve(verdict);
      },
      close() {
        resolve({ type: "unreachable", why: CLOSES });
      },
      error(_, error) {
        resolve({ type: "unreachable", why: error.message });
      },
    },
  }).catch((error: unknown) => {
    resolve({ type: "unreachable", why: error instanceof Error ? error.message : String(error) });
    return undefined;
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket?.end();
  }
}

/** What answers say, as far as they are there; undefined while they leave it open. */
export function judged(said: string): Diagnosis | undefined {
  const lines = said.split("\r\n");
  // The last one is not complete yet.
  for (const line of lines.slice(0, -1)) {
    if (/^-(?:LOADING|MASTERDOWN|BUSY|TRYAGAIN|CLUSTERDOWN)/.test(line))
      return { type: "unreachable", why: line.slice(1) };
    if (line.startsWith("-")) return { type: "unusable", why: line.slice(1) };
    // The answer to HELLO: it has let us in this time.
    if (line.startsWith("%")) return { type: "unreachable", why: "it broke off" };
    if (!line.startsWith("+")) return NO_REDIS;
  }
  return /^[^%+-]/.test(said) ? NO_REDIS : undefined;
}

const NO_REDIS: Diagnosis = { type: "unusable", why: "what answers there is no Redis" };

/** A command as Redis takes it. */
function written(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}
