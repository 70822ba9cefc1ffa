import { expect, test } from "bun:test";
import { slowly } from "../../src/rules/bandwidth.ts";
import { broken, cutShort } from "../../src/rules/broken-body.ts";
import { still } from "./build.ts";

const signal = new AbortController().signal;
const bodies: readonly [string, (text: string) => Blob | ReadableStream<Uint8Array>][] = [
  ["a blob", (text) => new Blob([text])],
  ["a stream", (text) => new Blob([text]).stream()],
];

test.each(bodies)("%s comes as fast as the rate says, whole", async (_, body) => {
  const world = still();
  const text = "0123456789".repeat(25);
  expect(await new Response(slowly(body(text), 100, world, signal)).text()).toBe(text);
  expect(world.steady()).toBe(2500);
  // Ten pieces a second.
  expect(world.paused).toHaveLength(25);
});

test("less than ten bytes a second come one at a time", async () => {
  const world = still();
  expect(await new Response(slowly(new Blob(["abc"]), 2, world, signal)).text()).toBe("abc");
  expect(world.paused).toEqual([500, 500, 500]);
});

test("an origin that is slower is not held up", async () => {
  const world = still();
  const source = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await world.pause(1000, signal);
      controller.enqueue(new Uint8Array(10));
      if (world.steady() >= 3000) controller.close();
    },
  });
  await new Response(slowly(source, 1000, world, signal)).bytes();
  expect(world.steady()).toBeLessThanOrEqual(3010);
});

test("a body that is cut short breaks off behind what was let through", async () => {
  const world = still();
  const reader = cutShort(new Blob(["0123456789"]), 4, world.pause, signal).getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("0123");
  expect(await reader.read().catch(() => "broken")).toBe("broken");
});

test("of a body of unknown length what comes first is let through", async () => {
  const reader = cutShort(new Blob(["0123"]).stream(), undefined, still().pause, signal).getReader();
  expect((await reader.read()).value).toHaveLength(4);
  expect(await reader.read().catch(() => "broken")).toBe("broken");
});

test("a broken body gives nothing", async () => {
  expect(
    await broken()
      .getReader()
      .read()
      .catch(() => "broken"),
  ).toBe("broken");
});
