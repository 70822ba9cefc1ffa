import { expect, test } from "bun:test";
import { watched } from "../../src/wire/upload.ts";

const nobody = { client: () => undefined, origin: () => undefined };

const bytes = (text: string) => new TextEncoder().encode(text);

/** A body that is read chunk by chunk, and how much of it was asked for. */
function source(chunks: readonly string[]) {
  const seen: { pulls: number; left?: unknown } = { pulls: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[seen.pulls++];
        if (chunk === undefined) controller.close();
        else controller.enqueue(bytes(chunk));
      },
      cancel(reason) {
        seen.left = reason;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, seen };
}

test("tells of each chunk and of the end, and reads nothing ahead", async () => {
  const { body, seen } = source(["a", "b"]);
  const told: string[] = [];
  const turns = { client: () => void told.push("client"), origin: () => void told.push("origin") };
  const reader = watched(body, turns).getReader();
  expect([seen.pulls, told]).toEqual([0, []]);
  expect(await reader.read()).toEqual({ done: false, value: bytes("a") });
  expect([seen.pulls, told]).toEqual([1, ["client", "origin"]]);
  await reader.read();
  expect((await reader.read()).done).toBe(true);
  expect(told).toEqual(["client", "origin", "client", "origin", "client", "origin"]);
});

test("one who leaves leaves the body, too", async () => {
  const { body, seen } = source(["a", "b"]);
  const reader = watched(body, nobody).getReader();
  await reader.read();
  await reader.cancel("enough");
  expect(seen.left).toBe("enough");
});

test("a body that breaks off breaks off", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error("gone")) });
  await expect(watched(body, nobody).getReader().read()).rejects.toThrow("gone");
});
