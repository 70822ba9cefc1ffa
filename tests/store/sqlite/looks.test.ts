import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { type CacheKey, cacheKey } from "../../../src/caching/key.ts";
import { Looks } from "../../../src/store/sqlite/looks.ts";
import type { Row } from "../../../src/store/sqlite/rows.ts";
import { scratch } from "../scratch.ts";

const [A, B] = [key("a"), key("b")];

function key(path: string): CacheKey {
  return cacheKey(new URL(`http://origin.example/${path}`));
}

function row(id: number): Row {
  return { id, epoch: "", sentAt: 0, used: 0, bytes: 0, size: 0, hash: "", file: null, head: "", body: null };
}

async function attempt<T>(run: () => T): Promise<T> {
  return run();
}

test("who asks in one turn of the event loop gets what lies under his own key, in one transaction with the others", async () => {
  using db = new Database(":memory:");
  const transactions: boolean[] = [];
  const find = (one: CacheKey): readonly Row[] => {
    transactions.push(db.inTransaction);
    return one === A ? [row(2), row(1)] : [];
  };
  let attempts = 0;
  const looks = new Looks(db, { find }, (run) => {
    attempts++;
    return attempt(run);
  });
  const found = await Promise.all([looks.find(A), looks.find(B), looks.find(A)]);
  expect(found.map((rows) => rows.map(({ id }) => id))).toEqual([[2, 1], [], [2, 1]]);
  expect({ attempts, transactions }).toEqual({ attempts: 1, transactions: [true, true, true] });
  expect(await looks.find(B)).toEqual([]);
  expect(attempts).toBe(2);
});

test("what keeps one key from being read keeps back nothing of the others", async () => {
  using db = new Database(":memory:");
  const damaged = new Error("damaged");
  const find = (one: CacheKey): readonly Row[] => {
    if (one === A) throw damaged;
    return [row(1)];
  };
  const looks = new Looks(db, { find }, attempt);
  const [a, b] = await Promise.allSettled([looks.find(A), looks.find(B)]);
  expect(a).toEqual({ status: "rejected", reason: damaged });
  expect(b.status).toBe("fulfilled");
  expect(db.inTransaction).toBe(false);
});

test("who has waited in vain for another process does not wait once more", async () => {
  using stack = new DisposableStack();
  const file = join(scratch(stack), "locked.db");
  const db = stack.adopt(new Database(file), (open) => open.close());
  db.run("CREATE TABLE lines (number INTEGER)");
  const other = stack.adopt(new Database(file), (open) => open.close());
  other.run("BEGIN EXCLUSIVE");
  const find = (): readonly Row[] => db.query<Row, []>("SELECT number FROM lines").all();
  let attempts = 0;
  const looks = new Looks(db, { find }, (run) => {
    attempts++;
    return attempt(run);
  });
  const refused = await looks.find(A).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "SQLITE_BUSY" });
  expect(attempts).toBe(1);
});
