import { describe, expect, test } from "bun:test";
import { MOST_EXCHANGES } from "../../src/lanes/exchanges.ts";
import { figuresOf, mergedFigures } from "../../src/lanes/figures.ts";
import { Lanes } from "../../src/lanes/lanes.ts";
import { matchOf } from "../../src/rules/match.ts";
import { seeded } from "../../src/rules/random.ts";
import type { Rule } from "../../src/rules/rule.ts";
import { record } from "../observe/records.ts";
import { incoming } from "../rules/build.ts";

const open = (most?: number) => new Lanes({ scenario: "first", chance: () => seeded(7) }, undefined, 0, most);
const RULE: Rule = { place: "rules[0]", match: matchOf({}), values: { ttl: 1 } };

describe("lanes", () => {
  test("begin alike and go on by themselves", () => {
    const lanes = open();
    const [a, b] = [lanes.lane("a"), lanes.lane("b")];
    const draw = (lane: typeof a) => Array.from({ length: 5 }, lane.random);
    expect(draw(a)).toEqual(draw(b));
    expect([a.sequence("x"), a.sequence("x"), a.sequence("y"), b.sequence("x")]).toEqual([1, 2, 1, 1]);
    lanes.setScenario("a", undefined);
    lanes.setRules("a", [RULE]);
    expect([a.scenario, b.scenario, lanes.lane("").scenario]).toEqual([undefined, "first", "first"]);
    expect(a.rules).toEqual([{ ...RULE, lane: "a", place: "rules[0] of lane a" }]);
    expect(lanes.rules()).toHaveLength(1);
    expect(b.rules).toBe(lanes.lane("c").rules);
  });

  test("are those that requests named when they came", () => {
    const lanes = open();
    const asked = incoming("/", { headers: { "x-lane": "a" } });
    const lane = lanes.of(asked);
    expect(lane.name).toBe("a");
    expect(lanes.of({ ...asked, headers: new Headers() })).toBe(lane);
    expect(lanes.of(incoming("/", { headers: { "x-lane": "no lane" } })).name).toBe("");
    lanes.setScenario("a", "second");
    expect([lanes.scenarioOf(asked), lanes.scenarioOf(incoming("/", { headers: { "x-lane": "a" } }))]).toEqual([
      "first",
      "second",
    ]);
  });

  test("are no more than so many: the one that was used least recently goes", () => {
    const lanes = open(3);
    for (const name of ["a", "b", "c"]) lanes.lane(name);
    lanes.lane("a");
    lanes.lane("d");
    expect(lanes.all().map(({ name }) => name)).toEqual(["", "a", "c", "d"]);
    expect(lanes.get("b")).toBeUndefined();
  });

  test("are forgotten by a reset, and the default one begins anew", () => {
    const lanes = open();
    lanes.setScenario("", "other");
    lanes.setRules("", [RULE]);
    lanes.note(record({}));
    lanes.lane("a");
    lanes.reset("");
    lanes.reset("a");
    lanes.reset("never");
    expect(lanes.all().map(figuresOf)).toMatchObject([{ lane: "", scenario: "first", rules: 0, requests: 0 }]);
    expect(lanes.requestsOf("")).toEqual([]);
  });
});

describe("exchanges of a lane", () => {
  test("are counted by how they ended", () => {
    const lanes = open();
    lanes.lane("a");
    for (const [outcome, status] of [
      ["hit", 200],
      ["hit", 204],
      ["miss", 200],
      ["error", 503],
    ] as const) {
      lanes.note(record({ lane: "a", outcome, status, at: 7 }));
    }
    lanes.note(record({ lane: "gone" }));
    const [, figures] = lanes.all().map(figuresOf);
    expect(figures).toMatchObject({ requests: 4, statuses: { "2xx": 3, "5xx": 1 }, lastAt: 7 });
    expect(figures?.outcomes).toMatchObject({ hit: 2, miss: 1, error: 1, stale: 0 });
    expect(lanes.get("")?.counts().requests).toBe(0);
  });

  test("are added up over workers", () => {
    const [one, other] = [open(), open()];
    for (const lanes of [one, other]) {
      lanes.lane("a");
      lanes.note(record({ lane: "a", outcome: "hit", status: 200, at: 3 }));
    }
    other.note(record({ outcome: "miss", status: 404, at: 9 }));
    const merged = mergedFigures([one, other].map((lanes) => lanes.all().map(figuresOf)));
    expect(merged).toMatchObject([
      { lane: "", requests: 1, statuses: { "4xx": 1 }, lastAt: 9 },
      { lane: "a", requests: 2, outcomes: { hit: 2 }, statuses: { "2xx": 2 }, lastAt: 3, scenario: "first" },
    ]);
    expect(mergedFigures([[], open().all().map(figuresOf)])).toMatchObject([{ lane: "", lastAt: null }]);
  });

  test("are remembered with their fields, the last ones of each lane; credentials are hidden", () => {
    const lanes = open();
    const headers = new Headers({ accept: "text/html", authorization: "Bearer secret" });
    for (let n = 0; n < MOST_EXCHANGES + 2; n++) lanes.note(record({ url: new URL(`http://h/${n}`), headers }));
    const all = lanes.requestsOf("");
    expect(all).toHaveLength(MOST_EXCHANGES);
    expect([all[0]?.path, all.at(-1)?.path]).toEqual(["/2", `/${MOST_EXCHANGES + 1}`]);
    expect(all[0]?.headers).toEqual({ accept: "text/html", authorization: "***" });
    expect(lanes.requestsOf("", 2).map(({ path }) => path)).toEqual([`/${MOST_EXCHANGES}`, `/${MOST_EXCHANGES + 1}`]);
    expect(lanes.requestsOf("never")).toEqual([]);
  });

  test("are no more than so many of all lanes: those of the one used least recently go", () => {
    const lanes = open();
    const names = Array.from({ length: 25 }, (_, i) => `l${i}`);
    for (const name of names) {
      lanes.lane(name);
      for (let n = 0; n < MOST_EXCHANGES; n++) lanes.note(record({ lane: name }));
    }
    const kept = names.map((name) => lanes.requestsOf(name, 1).length);
    expect(kept).toEqual(names.map((_, i) => (i < 5 ? 0 : 1)));
    expect(lanes.get("l0")?.counts().requests).toBe(MOST_EXCHANGES);
  });
});
