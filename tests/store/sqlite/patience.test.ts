import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Patience } from "../../../src/store/sqlite/patience.ts";
import { scratch } from "../scratch.ts";

test("of many who wait for another process one tries at a time, and all go on in their order once it has let go", async () => {
  using stack = new DisposableStack();
  const file = join(scratch(stack), "locked.db");
  const db = stack.adopt(new Database(file), (open) => open.close());
  db.run("CREATE TABLE lines (number INTEGER)");
  const other = stack.adopt(new Database(file), (open) => open.close());
  other.run("BEGIN IMMEDIATE");
  const patience = new Patience(() => performance.now());
  let tries = 0;
  const all = Array.from({ length: 100 }, (_, number) =>
    patience.wait(() => {
      tries++;
      db.run("INSERT INTO lines VALUES (?)", [number]);
      return number;
    }),
  );
  expect(tries).toBe(1);
  await Bun.sleep(20);
  // Two and a half ms between them at least, and no more than one each.
  expect(tries).toBeLessThan(20);
  other.run("COMMIT");
  expect(await Promise.all(all)).toEqual(Array.from({ length: 100 }, (_, number) => number));
  const written = db.query<{ number: number }, []>("SELECT number FROM lines ORDER BY rowid").all();
  expect(written.map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, number) => number));
});

test("what is wrong otherwise is nobody's to wait for", async () => {
  const wrong = new Error("wrong");
  const waiting = new Patience(() => performance.now()).wait(() => {
    throw wrong;
  });
  expect(await waiting.catch((error: unknown) => error)).toBe(wrong);
});
