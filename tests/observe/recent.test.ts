import { expect, test } from "bun:test";
import fc from "fast-check";
import { Recent } from "../../src/observe/recent.ts";
import { record } from "./records.ts";

const all = { wants: undefined, limit: 1000 };

function statuses(recent: Recent, seq: number, limit = 1000): (number | string)[] {
  const { exchanges, dropped } = recent.since({ ...all, seq, limit });
  return [...exchanges.map(({ status }) => status), `${dropped} dropped`];
}

test("who reads goes on where he left off", () => {
  const recent = new Recent(0, 0, () => 0, 4);
  recent.push(record({ status: 1 }));
  const { exchanges, next } = recent.since({ ...all, seq: recent.oldest });
  expect(exchanges.map(({ id, status }) => [id, status])).toEqual([["0-0", 1]]);
  recent.push(record({ status: 2 }));
  expect(statuses(recent, next)).toEqual([2, "0 dropped"]);
  expect(statuses(recent, recent.next)).toEqual(["0 dropped"]);
});

test("what was overwritten meanwhile is counted, and so is what the limit leaves out: the oldest", () => {
  const recent = new Recent(0, 0, () => 0, 4);
  for (let status = 1; status <= 6; status++) recent.push(record({ status }));
  expect(statuses(recent, 0)).toEqual([3, 4, 5, 6, "2 dropped"]);
  expect(statuses(recent, 1, 2)).toEqual([5, 6, "3 dropped"]);
  const odd = recent.since({ seq: 0, wants: ({ status }) => status % 2 === 1, limit: 1 });
  expect([odd.exchanges.map(({ status }) => status), odd.dropped, odd.next]).toEqual([[5], 3, 6]);
});

test("numbers of before this process began are nothing that it lost, and those to come are not there", () => {
  const recent = new Recent(1, 1000, () => 0, 4);
  recent.push(record({ status: 1 }));
  expect(statuses(recent, 7)).toEqual([1, "0 dropped"]);
  expect(statuses(recent, 5000)).toEqual(["0 dropped"]);
  expect(recent.since({ ...all, seq: 0 }).exchanges[0]?.id).toBe("1-1000");
});

test("whose it was is known of what came while somebody watched", () => {
  let now = 0;
  const recent = new Recent(0, 0, () => now);
  let asked = 0;
  const client = () => `10.0.0.${++asked}`;
  const come = () => recent.push(record({ at: now, client }));
  come();
  recent.since({ ...all, seq: 0 });
  now = 100;
  come();
  now = 10_000;
  come();
  expect(recent.since({ ...all, seq: 0 }).exchanges.map(({ client }) => client)).toEqual([
    undefined,
    "10.0.0.1",
    undefined,
  ]);
  expect(asked).toBe(1);
});

test("nothing of the request is kept", async () => {
  const recent = new Recent(0, 0, () => 0);
  const gone = Promise.withResolvers<void>();
  const registry = new FinalizationRegistry(() => gone.resolve());
  (() => {
    const request = new Request("http://localhost/");
    registry.register(request, "");
    recent.push(record({ client: () => request.url }));
  })();
  // The engine may see one on its stack still.
  for (let i = 0; i < 50; i++) {
    Bun.gc(true);
    if ((await Promise.race([gone.promise.then(() => "gone"), Bun.sleep(1)])) === "gone") return;
  }
  expect("the request").toBe("gone");
});

test("each exchange is read once or counted as dropped, whenever somebody reads", () => {
  const step = fc.oneof(fc.constant("come" as const), fc.constant("read" as const));
  fc.assert(
    fc.property(
      fc.array(step),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 6 }),
      (steps, size, limit) => {
        const recent = new Recent(0, 0, () => 0, size);
        let [came, next, dropped] = [0, 0, 0];
        const read: number[] = [];
        for (const one of [...steps, "read" as const]) {
          if (one === "come") recent.push(record({ status: came++ }));
          else {
            const got = recent.since({ seq: next, wants: undefined, limit });
            read.push(...got.exchanges.map(({ status }) => status));
            next = got.next;
            dropped += got.dropped;
          }
        }
        expect(read.length + dropped).toBe(came);
        expect(read).toEqual([...new Set(read)].sort((a, b) => a - b));
      },
    ),
  );
});
