import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Group } from "../../../src/caching/group.ts";
import { GroupIndex } from "../../../src/store/memory/group-index.ts";
import { groupOf } from "../stored.ts";

type Item = { readonly number: number; readonly groups: readonly Group[] };

let numbered = 0;
const item = (...names: string[]): Item => ({ number: ++numbered, groups: names.map(groupOf) });

/** An index of what knows its groups. */
class Index {
  readonly groups = new GroupIndex();

  add({ number, groups }: Item): void {
    this.groups.add(number, groups);
  }

  remove({ number, groups }: Item): void {
    this.groups.remove(number, groups);
  }

  take(name: string): readonly number[] {
    return this.groups.take(groupOf(name)).all();
  }

  get size(): number {
    return this.groups.size;
  }
}

test("a group is taken with its members, which stay in their other groups", () => {
  const index = new Index();
  const [one, both, other] = [item("a"), item("a", "b"), item("b")];
  for (const each of [one, both, other]) index.add(each);
  expect(index.take("a")).toEqual([one.number, both.number]);
  expect(index.take("a")).toEqual([]);
  expect(index.take("b")).toEqual([both.number, other.number]);
  expect(index.take("c")).toEqual([]);
  expect(index.size).toBe(0);
});

test("what was removed is not taken", () => {
  const index = new Index();
  const [one, both, other] = [item("a"), item("a", "b"), item("b")];
  for (const each of [one, both, other]) index.add(each);
  index.remove(both);
  expect(index.take("a")).toEqual([one.number]);
  expect(index.take("b")).toEqual([other.number]);
});

test("what belongs to none takes no room, nor does a group that is empty again", () => {
  const index = new Index();
  index.add(item());
  expect(index.size).toBe(0);
  const [first, second] = [item("a"), item("a")];
  index.add(first);
  index.add(second);
  index.remove(first);
  expect(index.size).toBe(1);
  index.remove(second);
  expect(index.size).toBe(0);
});

test("removing what is not there, or no longer, changes nothing", () => {
  const index = new Index();
  const [there, stranger] = [item("a"), item("a")];
  index.add(there);
  index.remove(stranger);
  index.remove(item("b"));
  expect(index.size).toBe(1);
  index.remove(there);
  index.remove(there);
  expect(index.size).toBe(0);
});

test("it does what a list that is searched from end to end does", () => {
  const names = ["a", "b", "c"];
  const step = fc.record({
    type: fc.constantFrom("add" as const, "remove" as const),
    groups: fc.uniqueArray(fc.constantFrom(...names)),
    which: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const index = new Index();
      let model: Item[] = [];
      for (const { type, groups, which } of steps) {
        if (type === "add") {
          const added = item(...groups);
          index.add(added);
          model.push(added);
        } else {
          const removed = model[which % model.length];
          if (removed !== undefined) index.remove(removed);
          model = model.filter((other) => other !== removed);
        }
        const filled = names.filter((name) => model.some((each) => each.groups.includes(groupOf(name))));
        expect(index.size).toBe(filled.length);
      }
      for (const name of names) {
        const members = model.filter((each) => each.groups.includes(groupOf(name)));
        expect(new Set(index.take(name))).toEqual(new Set(members.map(({ number }) => number)));
      }
    }),
    { numRuns: 200 },
  );
});
