import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inMemory, liesInFile } from "../../src/http/file-body.ts";
import { scratch } from "../store/scratch.ts";

test("a body that lies in a file is told from others, and read when it has to be joined with others", async () => {
  using stack = new DisposableStack();
  const path = join(scratch(stack), "body");
  writeFileSync(path, "0123456789");
  const body = Bun.file(path).slice(2, 8);
  expect([body, body.slice(1)].map(liesInFile)).toEqual([true, true]);
  expect([new Blob(["a"]), new Blob([]).slice(), new Blob(["ab"]).slice(1)].map(liesInFile)).toEqual([
    false,
    false,
    false,
  ]);
  const read = await inMemory(body);
  expect(liesInFile(read)).toBe(false);
  expect(await new Blob(["<", read, ">"]).text()).toBe("<234567>");
  const other = new Blob(["a"]);
  expect(await inMemory(other)).toBe(other);
});
