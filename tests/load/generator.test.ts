import { expect, test } from "bun:test";
import { generate } from "../../bench/load/generator.ts";

/** A server that stands still for a while once so many have asked. */
function stalling(after: number, ms: number) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  let stalled: Promise<void> | undefined;
  let asked = 0;
  async function answer(): Promise<Response> {
    if (++asked === after) {
      stalled = Bun.sleep(ms);
      stalled.then(() => {
        stalled = undefined;
      });
    }
    await stalled;
    return new Response("ok");
  }
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.dispose]: () => void server.stop(true) };
}

test("a stall is in the latency of all who were to be sent meanwhile, not only of those few who were", async () => {
  using server = stalling(50, 100);
  const { url } = server;
  // Of 200 requests a fifth falls into the stall, though its four connections can hold but four.
  const outcome = await generate({ url, paths: ["/{n}"], rate: 400, seconds: 0.5, connections: 4 });
  expect(outcome).toMatchObject({ sent: 200, answers: { 200: 200 }, lost: 0, unanswered: 0, refused: 0 });
  expect(outcome.p99).toBeGreaterThan(80);
  expect(outcome.max).toBeGreaterThanOrEqual(99);
});

test("requests whose connection ends before their answer are lost, and told", async () => {
  let [asked, open] = [0, 0];
  using server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: () => void open++,
      data(socket) {
        if (asked++ % 2 === 0) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        else socket.end();
      },
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  const outcome = await generate({ url, paths: ["/"], rate: 100, seconds: 0.2, connections: 2 });
  expect(outcome).toMatchObject({ sent: 20, answers: { 200: 10 }, lost: 10, unanswered: 0 });
  expect(open).toBeGreaterThan(2);
});

test("as fast as answers come", async () => {
  using server = stalling(0, 0);
  const { url } = server;
  const outcome = await generate({ url, paths: ["/"], rate: "as-answered", seconds: 0.2, connections: 4 });
  expect(outcome.answers["200"]).toBeGreaterThan(4);
  expect(outcome.lost).toBe(0);
});
