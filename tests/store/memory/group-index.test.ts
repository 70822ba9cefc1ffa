import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Grouped, GroupIndex } from "../../../src/store/memory/group-index.ts";
import { groupOf } from "../stored.ts";

const item = (...names: string[]): Grouped => ({ groups: names.map(groupOf) });

test("a group is taken with its members, which stay in their other groups", () => {
  const index = new GroupIndex<Grouped>();
  const [one, both, other] = [item("a"), item("a", "b"), item("b")];
  for (const each of [one, both, other]) index.add(each);
  expect(index.take(groupOf("a")).all()).toEqual([one, both]);
  expect(index.take(groupOf("a")).size).toBe(0);
  expect(index.take(groupOf("b")).all()).toEqual([both, other]);
  expect(index.take(groupOf("c")).size).toBe(0);
  expect(index.size).toBe(0);
});

test("what was removed is not taken", () => {
  const index = new GroupIndex<Grouped>();
  const [one, both, other] = [item("a"), item("a", "b"), item("b")];
  for (const each of [one, both, other]) index.add(each);
  index.remove(both);
  expect(index.take(groupOf("a")).all()).toEqual([one]);
  expect(index.take(groupOf("b")).all()).toEqual([other]);
});

test("what belongs to none takes no room, nor does a group that is empty again", () => {
  const index = new GroupIndex<Grouped>();
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
  const index = new GroupIndex<Grouped>();
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
      const index = new GroupIndex<Grouped>();
      let model: Grouped[] = [];
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
        expect(new Set(index.take(groupOf(name)).all())).toEqual(new Set(members));
      }
    }),
    { numRuns: 200 },
  );
});
