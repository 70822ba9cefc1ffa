import { afterAll } from "bun:test";
import { join } from "node:path";
import { openSqlite } from "../../../src/store/sqlite/open.ts";
import { describeStore } from "../contract.ts";
import { scratch } from "../scratch.ts";

const stack = new DisposableStack();
afterAll(() => stack.dispose());
const folder = scratch(stack);
let files = 0;

describeStore("the disk tier", async () => {
  const { store } = await openSqlite(
    { type: "sqlite", path: join(folder, `${++files}.db`), maxBytes: 8 * 1024 * 1024 },
    {
      clock: () => ({ wall: 5000, steady: 5000 }),
      policy: { defaultTtl: 0, maxEntrySize: Number.POSITIVE_INFINITY },
      report: (error) => {
        throw error;
      },
    },
  );
  return store;
});
