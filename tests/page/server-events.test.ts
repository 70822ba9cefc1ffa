import { expect, test } from "bun:test";
import fc from "fast-check";
import { EventReader } from "../../src/page/server-events.ts";

test.each([
  ["event: a\ndata: 1\n\n", [{ name: "a", data: "1" }]],
  ["data:1\n\n", [{ name: "message", data: "1" }]],
  ["data: 1\ndata: 2\n\n", [{ name: "message", data: "1\n2" }]],
  ["event: a\r\ndata: 1\r\n\r\n", [{ name: "a", data: "1" }]],
  [": still here\n\n", []],
  ["event: a\n\ndata: 1\n\n", [{ name: "message", data: "1" }]],
  ["event: a\ndata: 1\n", []],
])("%j is read", (text, events) => {
  expect(new EventReader().push(text)).toEqual(events);
});

test("where the text is torn makes no difference", () => {
  const text = 'event: hello\r\ndata: {"a":1}\r\n\r\n: x\n\nevent: exchanges\ndata: é\ndata\n\ndata: b\n\n';
  const whole = new EventReader().push(text);
  expect(whole).toHaveLength(3);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
      const ends = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      const reader = new EventReader();
      const events = ends.slice(1).flatMap((end, i) => reader.push(text.slice(ends[i], end)));
      expect(events).toEqual([...whole]);
    }),
  );
});
