import { expect, test } from "bun:test";
import { TopWindow } from "../../src/commands/top-window.ts";

const path = { method: "GET", path: "/", requests: 1, misses: 1, errors: 0, bytes: 5, totalMs: 2, maxMs: 2 };

test("samples add up, and only the last ones", () => {
  const window = new TopWindow(2);
  expect([window.size, window.sum()]).toEqual([0, { paths: [], dropped: 0 }]);
  window.add({ paths: [{ ...path, maxMs: 100 }], dropped: 7 });
  window.add({ paths: [path, { ...path, path: "/other" }], dropped: 1 });
  expect(window.sum().paths.find((one) => one.path === "/")).toEqual({
    ...path,
    ...{ requests: 2, misses: 2, bytes: 10, totalMs: 4, maxMs: 100 },
  });
  expect(window.sum().dropped).toBe(8);
  window.add({ paths: [path], dropped: 0 });
  expect(window.size).toBe(2);
  expect(window.sum()).toEqual({
    paths: [
      { ...path, requests: 2, misses: 2, bytes: 10, totalMs: 4 },
      { ...path, path: "/other" },
    ],
    dropped: 1,
  });
});
