import { expect, test } from "bun:test";
import { joined, renderImport } from "../../src/commands/import-report.ts";

const one = {
  ...{ entries: 3, stored: 1, left: new Map([["elsewhere", 2]]), webSocketMessages: 1 },
  faults: [{ entry: 2, why: "it is none" }],
};

test("two parts of one archive count together, by the numbers of the whole", () => {
  const both = joined(one, {
    ...one,
    left: new Map([
      ["no-store", 1000],
      ["elsewhere", 1],
    ]),
    worker: 2,
  });
  expect(both).toEqual({
    ...{ entries: 6, stored: 2, webSocketMessages: 2, worker: 2 },
    left: new Map([
      ["elsewhere", 3],
      ["no-store", 1000],
    ]),
    faults: [
      { entry: 2, why: "it is none" },
      { entry: 5, why: "it is none" },
    ],
  });
  expect(renderImport(both).split("\n")).toEqual([
    "stored 2 of 6 entries, by worker 2 alone: the others have caches of their own",
    "  1,000 left: the response says no-store (RFC 9111 §5.2.2.5)",
    "      3 left: of other origins; --origin URL takes one for the proxy's",
    "2 WebSocket messages were ignored",
    "entry 2: it is none",
    "entry 5: it is none",
    "",
  ]);
});

test("of many faults the first are named", () => {
  const faults = Array.from({ length: 12 }, (_, i) => ({ entry: i + 1, why: "x" }));
  expect(renderImport({ ...one, faults })).toEndWith("entry 10: x\nand 2 more like these\n");
});
