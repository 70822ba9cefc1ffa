import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { example } from "./example.ts";

const shared = cleanup();

async function ended(run: ReturnType<typeof example>["run"]) {
  const tests = run("test");
  const code = await tests.exited;
  await tests.stderr.ended;
  return { code, said: tests.stderr.all.join("\n") };
}

test("a bun test suite passes in frozen mode, from the fixtures alone", async () => {
  const { code, said } = await ended(example(shared, "bun-test").run);
  expect([code, said]).toEqual([0, expect.stringContaining(" 3 pass\n 0 fail")]);
  expect(said).not.toContain("not used");
});

test("a request without a fixture ends it with exit code 3, though all tests passed", async () => {
  const { run, folder } = example(shared, "bun-test");
  const careless = `import { test } from "bun:test";\ntest("does not look", () => fetch(process.env.CACHING_PROXY_URL + "/products?page=2"));\n`;
  await Bun.write(join(folder, "careless.test.ts"), careless);
  const { code, said } = await ended(run);
  expect([code, said]).toEqual([3, expect.stringContaining(" 4 pass\n 0 fail")]);
  expect(said).toContain("GET /products?page=2\n    nearest is products#page=1.json: query page is 2 instead of 1");
});

test("a fixture that has gone is told, with the test that wanted it", async () => {
  const { run, folder } = example(shared, "bun-test");
  rmSync(join(folder, "fixtures/orders.POST.http"));
  const { code, said } = await ended(run);
  expect([code, said]).toEqual([3, expect.stringContaining(" 1 fail")]);
  expect(said).toContain("POST /orders");
});
