import { expect, test } from "bun:test";
import { Members } from "../../../src/store/memory/members.ts";

test("a hundred thousand come and go, each found where it is", () => {
  const members = new Members<number>();
  for (let n = 0; n < 100_000; n++) members.add(n);
  expect(members.size).toBe(100_000);
  for (let n = 0; n < 100_000; n += 3) expect(members.delete(n)).toBe(true);
  expect([members.has(0), members.has(1), members.has(99_998), members.has(99_999)]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(members.delete(0)).toBe(false);
  expect(members.all()).toHaveLength(members.size);
  while (members.size > 0) {
    const some = members.some(5000);
    expect(some.length > 0 && some.length <= 5000).toBe(true);
    for (const each of some) members.delete(each);
  }
  expect(members.all()).toEqual([]);
});
