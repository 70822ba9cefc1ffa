import { afterEach, expect, test } from "bun:test";
import { explainListenFailure, freePort } from "../../src/commands/listen-failure.ts";
import { serveFlags } from "../../src/config/flags.ts";
import { gather } from "../../src/config/given.ts";
import { resolveSettings } from "../../src/config/resolve.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function occupyAnyPort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  cleanups.push(() => listener.stop(true));
  return listener.port;
}

function settingsFor(port: number) {
  const resolved = resolveSettings(gather(serveFlags, { origin: "http://h", port: String(port) }, {}), false);
  if (!resolved.ok) throw new Error(resolved.message);
  return resolved.value;
}

const failure = (code: string) => Object.assign(new Error(`${code}: no`), { code });

test("a busy port is named, with one that is free", () => {
  const port = occupyAnyPort();
  const message = explainListenFailure(failure("EADDRINUSE"), settingsFor(port));
  const suggested = Number(/^port (\d+) is in use already; try --port (\d+)$/.exec(message ?? "")?.[2]);
  expect(suggested).not.toBe(port);
  const listener = Bun.listen({ hostname: "127.0.0.1", port: suggested, socket: { data: () => undefined } });
  cleanups.push(() => listener.stop(true));
  expect(listener.port).toBe(suggested);
});

test("a busy port is passed over, and beyond the last port any will do", () => {
  const port = occupyAnyPort();
  expect(freePort(port, ["127.0.0.1"])).not.toBe(port);
  expect(freePort(65_536, ["127.0.0.1"])).toBeGreaterThan(0);
});

test.each([
  ["EACCES", "port 80 may not be opened by this user; try --port "],
  ["EADDRNOTAVAIL", "--host 127.0.0.1 and ::1 is not an address of this machine"],
  ["EMFILE", "cannot listen on 127.0.0.1 and ::1 port 80: EMFILE: no"],
])("%s", (code, message) => {
  expect(explainListenFailure(failure(code), settingsFor(80))).toStartWith(message);
});

test("an error that is not the system's is not explained away", () => {
  expect(explainListenFailure(new TypeError("a bug"), settingsFor(80))).toBeUndefined();
});
