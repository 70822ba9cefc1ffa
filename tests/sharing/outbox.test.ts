import { expect, test } from "bun:test";
import { MOST_WAITING, Outbox } from "../../src/sharing/outbox.ts";

/** An outbox, what it has announced, and whether that works. */
function outbox() {
  const announced: string[] = [];
  const line = { works: true, isTooEarly: false };
  const publish = async (text: string): Promise<void> => {
    await Promise.resolve();
    if (!line.works) throw new Error("cut off");
    announced.push(text);
  };
  const box = new Outbox("everything", publish, () => line.isTooEarly);
  return { box, announced, line };
}

test("what is announced goes out in its order, and who announced it is told when", async () => {
  const { box, announced } = outbox();
  box.open();
  expect(await Promise.all(["a", "b", "c"].map((text) => box.send(text, 1000)))).toEqual([true, true, true]);
  expect(announced).toEqual(["a", "b", "c"]);
});

test("what cannot go out lets nobody wait, and goes out later, in its order and once", async () => {
  const { box, announced, line } = outbox();
  expect(await box.send("a", 1000)).toBe(false);
  box.open();
  await box.emptied(1000);
  line.works = false;
  expect(await Promise.all([box.send("b", 1000), box.send("c", 1000)])).toEqual([false, false]);
  expect(await box.send("c", 1000)).toBe(false);
  line.works = true;
  expect(announced).toEqual(["a"]);
  box.open();
  await box.emptied(1000);
  expect(announced).toEqual(["a", "b", "c"]);
});

test("one announcement stands for more than may wait", async () => {
  const { box, announced } = outbox();
  for (let i = 0; i <= MOST_WAITING; i++) void box.send(String(i), 1000);
  box.open();
  await box.emptied(1000);
  expect(announced).toEqual(["everything", String(MOST_WAITING)]);
});

test("what has not been done everywhere yet is not announced", async () => {
  const { box, announced, line } = outbox();
  line.isTooEarly = true;
  box.open();
  expect(await box.send("a", 1)).toBe(false);
  expect(announced).toEqual([]);
  line.isTooEarly = false;
  await box.emptied(1000);
  expect(announced).toEqual(["a"]);
});
