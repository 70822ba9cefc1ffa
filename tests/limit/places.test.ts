import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Need } from "../../src/http/origin.ts";
import { Places } from "../../src/limit/places.ts";

/** Some who come, in their order, and what was called out to each. */
class Crowd {
  readonly places: Places;
  readonly called: string[] = [];
  readonly #waiting = new Map<string, (call: string) => void>();

  constructor(places: number, line: number) {
    this.places = new Places({ places, line });
  }

  enter(name: string, need: Need = "required"): string {
    const waiting = (call: string): void => void this.called.push(`${name} ${call}`);
    this.#waiting.set(name, waiting);
    return this.places.enter(need, waiting);
  }

  leave(name: string): void {
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) this.places.leave(waiting);
  }
}

describe("places at an origin", () => {
  test("are taken at once while there are any, then by arrival", () => {
    const crowd = new Crowd(2, 9);
    expect(["a", "b", "c", "d"].map((name) => crowd.enter(name))).toEqual(["go", "go", "wait", "wait"]);
    expect([crowd.places.taken, crowd.places.waiting]).toEqual([2, 2]);
    crowd.places.free(1);
    crowd.places.free(1);
    expect(crowd.called).toEqual(["c go", "d go"]);
    crowd.places.free(1);
    expect([crowd.places.taken, crowd.places.waiting]).toEqual([1, 0]);
    expect(crowd.enter("e")).toBe("go");
  });

  test("go to those first whom nothing stored can answer", () => {
    const crowd = new Crowd(1, 9);
    crowd.enter("a");
    crowd.enter("spare", "dispensable");
    crowd.enter("b");
    for (const _ of [1, 2, 3]) crowd.places.free(1);
    expect(crowd.called).toEqual(["b go", "spare go"]);
    expect(crowd.places.taken).toBe(0);
  });

  test("who leaves the line is not called", () => {
    const crowd = new Crowd(1, 9);
    for (const name of ["a", "b", "c"]) crowd.enter(name);
    crowd.leave("b");
    crowd.places.free(1);
    expect(crowd.called).toEqual(["c go"]);
  });

  test("in a full line the last who could do without makes room for one who cannot, and for nobody else", () => {
    const crowd = new Crowd(1, 2);
    crowd.enter("a");
    crowd.enter("first", "dispensable");
    crowd.enter("last", "dispensable");
    expect(crowd.enter("another", "dispensable")).toBe("full");
    expect(crowd.enter("b")).toBe("wait");
    expect(crowd.called).toEqual(["last make-room"]);
    crowd.enter("c");
    expect(crowd.enter("d")).toBe("full");
    expect(crowd.places.waiting).toBe(2);
  });

  test("are likely to be free once all who wait have had one, a minute at most", () => {
    const crowd = new Crowd(2, 99);
    expect(crowd.places.retryAfter).toBe(1);
    for (let n = 0; n < 10; n++) crowd.enter(String(n));
    crowd.places.free(3000);
    // Two turns for two each of the seven who still wait and the one who comes.
    expect(crowd.places.retryAfter).toBe(12);
    for (let n = 0; n < 90; n++) crowd.enter(String(n));
    expect(crowd.places.retryAfter).toBe(60);
  });

  test("never more are taken than there are, nobody is called twice, and all are free in the end", () => {
    const step = fc.oneof(
      fc.record({ act: fc.constant("enter" as const), need: fc.constantFrom<Need>("required", "dispensable") }),
      fc.record({ act: fc.constant("free" as const) }),
      fc.record({ act: fc.constant("leave" as const), who: fc.nat(30) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.nat(4), fc.array(step, { maxLength: 60 }), (most, line, steps) => {
        const crowd = new Crowd(most, line);
        let [came, inside] = [0, 0];
        for (const one of steps) {
          const before = crowd.called.filter((call) => call.endsWith(" go")).length;
          if (one.act === "enter" && crowd.enter(String(came++), one.need) === "go") inside++;
          if (one.act === "leave") crowd.leave(String(one.who));
          if (one.act === "free" && inside > 0) {
            crowd.places.free(1);
            inside += crowd.called.filter((call) => call.endsWith(" go")).length - before - 1;
          }
          expect(crowd.places.taken).toBe(inside);
          expect(inside).toBeLessThanOrEqual(most);
          expect(crowd.places.waiting).toBeLessThanOrEqual(line);
          if (inside < most) expect(crowd.places.waiting).toBe(0);
        }
        expect(new Set(crowd.called).size).toBe(crowd.called.length);
      }),
    );
  });
});
