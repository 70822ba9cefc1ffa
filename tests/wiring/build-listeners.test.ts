import { expect, test } from "bun:test";
import type { Listener } from "../../src/wire/front.ts";
import { buildListeners, within } from "../../src/wiring/build-listeners.ts";

class SystemError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** A machine where addresses are free or not: 0 picks the next of these ports at the first address. */
function machine(free: readonly number[], refusing: (hostname: string, port: number) => string | undefined) {
  const picked = [...free];
  const [opened, stopped]: [string[], string[]] = [[], []];
  const listen = (hostname: string, wanted: number): Listener => {
    const port = wanted === 0 ? (picked.shift() ?? 0) : wanted;
    const code = refusing(hostname, port);
    if (code !== undefined) throw new SystemError(code);
    const name = `${hostname}:${port}`;
    opened.push(name);
    const stop = async (): Promise<void> => void stopped.push(name);
    return { port, pendingRequests: 1, abandon: () => undefined, stop, retire: () => Promise.resolve() };
  };
  return { listen, opened, stopped };
}

test("a port that is free at the first address alone is given back, and another one is picked", async () => {
  const { listen, opened, stopped } = machine([1, 2, 3], (host, port) =>
    host === "b" && port < 3 ? "EADDRINUSE" : undefined,
  );
  const { port } = await buildListeners(listen, ["a", "b"], 0);
  expect(port).toBe(3);
  expect(opened).toEqual(["a:1", "a:2", "a:3", "b:3"]);
  expect(stopped).toEqual(["a:1", "a:2"]);
});

test.each<[string, number, string, string]>([
  ["a named port is no other one", 5, "b", "EADDRINUSE"],
  ["what keeps the first address from listening is said at once", 0, "a", "EADDRINUSE"],
  ["what is wrong with any port is said at once", 0, "b", "EACCES"],
])("%s", async (_, port, host, code) => {
  const { listen, opened, stopped } = machine([1, 2, 3], (at) => (at === host ? code : undefined));
  await expect(buildListeners(listen, ["a", "b"], port)).rejects.toThrow(code);
  expect(stopped).toEqual(opened);
});

test("an address that the machine lacks is left out behind another one", async () => {
  const { listen, opened } = machine([1], (host) => (host === "b" ? "EADDRNOTAVAIL" : undefined));
  expect((await buildListeners(listen, ["a", "b"], 0)).port).toBe(1);
  expect(opened).toEqual(["a:1"]);
  await expect(buildListeners(listen, ["b", "a"], 0)).rejects.toThrow("EADDRNOTAVAIL");
});

test("what is in flight beyond the grace is cut off and counted", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const calls: boolean[] = [];
  const stop = (cutOff: boolean): Promise<void> => {
    calls.push(cutOff);
    if (cutOff) resolve();
    return promise;
  };
  const listen = (): Listener => ({
    port: 1,
    pendingRequests: 2,
    abandon: () => undefined,
    stop,
    retire: () => Promise.resolve(),
  });
  expect(await (await buildListeners(listen, ["a"], 1)).stop(1)).toBe(2);
  expect(calls).toEqual([false, true]);
});

test("waiting ends with what is waited for, or before it", async () => {
  expect(await within(Promise.resolve(), 60_000)).toBe("in-time");
  expect(await within(Promise.withResolvers().promise, 1)).toBe("late");
  await expect(within(Promise.reject(new Error("no")), 60_000)).rejects.toThrow("no");
});
