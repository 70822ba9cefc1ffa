import { expect, test } from "bun:test";
import fc from "fast-check";
import { curlOf } from "../../src/page/curl.ts";
import { shownExchange } from "./exchanges.ts";

test.each([
  [{}, "curl --include --globoff --path-as-is 'http://localhost:3000/users?page=2'"],
  [{ path: "/a" }, "curl --include --globoff --path-as-is http://localhost:3000/a"],
  [{ path: "/a", method: "HEAD" }, "curl --include --globoff --path-as-is --head http://localhost:3000/a"],
  [{ path: "/a", method: "PUT" }, "curl --include --globoff --path-as-is --request PUT http://localhost:3000/a"],
  [{ path: "/it's" }, `curl --include --globoff --path-as-is 'http://localhost:3000/it'\\''s'`],
])("%j", (but, line) => {
  expect(curlOf(shownExchange(but))).toBe(line);
});

test("a shell reads each path as one word, and runs nothing of it", () => {
  const path = fc.string({ unit: fc.constantFrom(..."ab'\"`$();&|\\ \n*?[]{}~#<>!") }).map((text) => `/${text}`);
  fc.assert(
    fc.property(fc.array(path, { minLength: 20, maxLength: 20 }), (paths) => {
      const words = paths.map((one) => curlOf(shownExchange({ path: one })).split("--path-as-is ")[1] ?? "");
      const { stdout } = Bun.spawnSync(["sh", "-c", `printf '%s\\0' ${words.join(" ")}`]);
      expect(stdout.toString().split("\0").slice(0, -1)).toEqual(paths.map((one) => `http://localhost:3000${one}`));
    }),
    { numRuns: 10 },
  );
});
