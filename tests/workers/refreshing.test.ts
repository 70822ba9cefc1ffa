import { expect, test } from "bun:test";
import {
  type Refreshed,
  type RefreshedOne,
  Refreshing,
  type RefreshOwn,
  type RefreshQuestion,
} from "../../src/workers/refreshing.ts";
import { crewOf } from "./crew-of.ts";

const QUESTION: RefreshQuestion = {
  type: "refresh",
  ...{ url: "http://origin.test/x", publicOrigin: "http://localhost", headers: [], client: "" },
};
const DONE: RefreshedOne = {
  ...{ status: 200, outcome: "miss", cacheStatus: "", ms: 1, publicOrigin: "http://localhost", selecting: {} },
};
const FAILED = {
  ...DONE,
  status: 502,
  outcome: "error",
  failure: { title: "Origin unreachable", detail: "It is away." },
};

/** What a worker does that holds so many responses, and what it was asked to do. */
function own(held: readonly RefreshedOne[], left = 0) {
  const did: string[] = [];
  const does: RefreshOwn = {
    async stored(url): Promise<Refreshed> {
      did.push(`stored ${url.key}`);
      return { refreshed: held, left, complete: true };
    },
    async plain() {
      did.push("plain");
      return DONE;
    },
    async tellSharers() {
      did.push("tell");
    },
  };
  return { did, does };
}

function two(a: RefreshOwn, b: RefreshOwn): Refreshing {
  const [first, second] = crewOf(2);
  const other = new Refreshing(b, second);
  second?.attend((question) => (question.type === "refresh" ? other.answer(question) : { type: "heeded", dropped: 0 }));
  return new Refreshing(a, first);
}

const all = (refreshing: Refreshing) => refreshing.all(QUESTION, new AbortController().signal);

test("what any of the workers holds is refreshed there", async () => {
  const [a, b] = [own([]), own([DONE], 2)];
  expect(await all(two(a.does, b.does))).toEqual({ refreshed: [{ ...DONE, worker: 2 }], left: 2, complete: true });
  expect([a.did, b.did]).toEqual([["stored http://origin.test/x", "tell"], ["stored http://origin.test/x"]]);
});

test("what nobody holds is asked for once, by who was asked", async () => {
  const [a, b] = [own([]), own([])];
  expect((await all(two(a.does, b.does))).refreshed).toEqual([{ ...DONE, worker: 1 }]);
  expect([a.did.slice(1), b.did.slice(1)]).toEqual([["plain", "tell"], []]);
});

test("what only credentials select is not asked for without", async () => {
  const a = own([], 1);
  expect(await all(new Refreshing(a.does, undefined))).toEqual({ refreshed: [], left: 1, complete: true });
  expect(a.did).toEqual(["stored http://origin.test/x"]);
});

test("who shares a store keeps what he has where the origin gave nothing", async () => {
  const a = own([FAILED]);
  expect((await all(new Refreshing(a.does, undefined))).refreshed).toEqual([FAILED]);
  expect(a.did).not.toContain("tell");
});
