import { expect, test } from "bun:test";
import { TooSlow, within } from "../../../src/store/remote/within.ts";

test("what comes in time is given, what fails fails, and what does not come is too slow", async () => {
  expect(await within(1000, Promise.resolve(1))).toBe(1);
  expect(within(1000, Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(within(1, new Promise<never>(() => undefined))).rejects.toBeInstanceOf(TooSlow);
});

test("an answer that came while this process was held up is no late one", async () => {
  const accepted = Promise.withResolvers<Bun.Socket>();
  let answered = Promise.withResolvers<string>();
  using listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { open: (socket) => accepted.resolve(socket), data: () => undefined },
  });
  const client = await Bun.connect({
    hostname: "127.0.0.1",
    port: listener.port,
    socket: { data: (_, bytes) => answered.resolve(bytes.toString()) },
  });
  const server = await accepted.promise;
  for (let i = 0; i < 5; i++) {
    answered = Promise.withResolvers();
    const answer = within(5, answered.promise);
    server.write(`${i}`);
    // The answer lies there before the patience is over, and nobody can read it.
    Bun.sleepSync(20);
    expect(await answer).toBe(`${i}`);
  }
  client.end();
});
