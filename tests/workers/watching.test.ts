import { describe, expect, test } from "bun:test";
import { Recent } from "../../src/observe/recent.ts";
import { type Watch, Watching } from "../../src/workers/watching.ts";
import { record } from "../observe/records.ts";
import { crewOf } from "./crew-of.ts";

/** Workers of which each sees exchanges that the test makes; those that are deaf do not answer the others. */
function workers(count: number, size = 100, first = 0) {
  return crewOf(count).map((crew) => {
    const recent = new Recent(crew.place.number, first, () => 0, size);
    const watching = new Watching(recent, crew);
    crew.attend((question) =>
      question.type === "recent" || question.type === "paths"
        ? watching.answer(question)
        : { type: "heeded", dropped: 0 },
    );
    return {
      watching,
      see: (at: number, path = "/") => recent.push(record({ at, url: new URL(path, "http://localhost") })),
    };
  });
}

function begin(watching: Watching, filter = ""): Watch {
  const watch = watching.watch(filter);
  if ("why" in watch) throw new Error(watch.why);
  return watch;
}

async function read(watch: Watch, limit = 100): Promise<readonly (number | string)[]> {
  const { exchanges, dropped } = await watch.exchanges(limit);
  return [...exchanges.map(({ at }) => at), `${dropped} dropped`];
}

describe("who watches sees what all workers saw", () => {
  test("in the order in which it came, each once", async () => {
    const [a, b] = workers(2);
    if (a === undefined || b === undefined) throw new Error("two");
    for (const at of [1, 4]) a.see(at);
    for (const at of [2, 3]) b.see(at);
    const [of, other] = [begin(a.watching), begin(b.watching)];
    expect(await read(of)).toEqual([1, 2, 3, 4, "0 dropped"]);
    expect(await read(of)).toEqual(["0 dropped"]);
    b.see(5);
    expect(await read(of)).toEqual([5, "0 dropped"]);
    expect(await read(other, 2)).toEqual([4, 5, "3 dropped"]);
  });

  test("with what nobody has any more counted", async () => {
    const [a, b] = workers(2, 3);
    if (a === undefined || b === undefined) throw new Error("two");
    const watch = begin(a.watching);
    await read(watch);
    for (let at = 1; at <= 5; at++) b.see(at);
    a.see(6);
    expect(await read(watch)).toEqual([3, 4, 5, 6, "2 dropped"]);
  });

  test("as far as the filter wants it", async () => {
    const [a, b] = workers(2);
    a?.see(1, "/a");
    b?.see(2, "/b");
    b?.see(3, "/a?x");
    if (a === undefined) throw new Error("two");
    expect(await read(begin(a.watching, "path=/a"))).toEqual([1, 3, "0 dropped"]);
    expect(a.watching.watch("path>1")).toMatchObject({
      type: "refused",
      why: expect.stringContaining("at character 1"),
    });
  });

  test("added up by path", async () => {
    const [a, b] = workers(2, 3);
    if (a === undefined || b === undefined) throw new Error("two");
    a.see(0, "/before");
    const watch = begin(a.watching);
    expect((await watch.paths()).paths.list()).toEqual([]);
    a.see(1, "/a?x");
    for (let at = 2; at <= 5; at++) b.see(at, "/a");
    b.see(6, "/b");
    const { paths, dropped } = await watch.paths();
    expect([paths.list().map(({ path, requests, bytes }) => [path, requests, bytes]), dropped]).toEqual([
      [
        ["/a", 3, 3 * 4096],
        ["/b", 1, 4096],
      ],
      2,
    ]);
  });
});

test("who is alone asks nobody", async () => {
  const recent = new Recent(0, 0, () => 0);
  recent.push(record({ at: 7 }));
  expect(await read(begin(new Watching(recent, undefined)))).toEqual([7, "0 dropped"]);
});
