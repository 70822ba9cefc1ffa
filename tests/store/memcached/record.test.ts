import { expect, test } from "bun:test";
import { type KeyRecord, readRecord, type Variant, writeRecord } from "../../../src/store/memcached/record.ts";
import { groupOf, keyOf } from "../stored.ts";

const key = keyOf("/a");

function variant(head: string): Variant {
  return { head, asker: "me", sentAt: 0.5, until: 9, body: "b", all: "a b", groups: [[groupOf("\u00e4"), "c d"]] };
}

function written(record: KeyRecord): KeyRecord {
  return readRecord(writeRecord(record), key);
}

test.each<KeyRecord>([
  { key, mark: undefined, variants: [] },
  { key, mark: { at: 5, by: "me" }, variants: [] },
  { key, mark: undefined, variants: [variant('"\u6587\ud800'), variant("")] },
])("is read as it was written", (record) => {
  expect(written(record)).toStrictEqual(record);
});

test("of another key, torn or of somebody else is none", () => {
  const record = { key, mark: undefined, variants: [variant("x")] };
  const bytes = writeRecord(record) ?? Buffer.alloc(0);
  const none = (of: typeof key): KeyRecord => ({ key: of, mark: undefined, variants: [] });
  expect(readRecord(bytes, keyOf("/b"))).toEqual(none(keyOf("/b")));
  expect(readRecord(undefined, key)).toEqual(none(key));
  for (let end = 0; end < bytes.length; end++) expect(readRecord(bytes.subarray(0, end), key)).toEqual(none(key));
});

test("loses its last variants where all have no room, and is none where the first has none", () => {
  const large = Array.from({ length: 5 }, (_, i) => variant(String(i).repeat(200_000)));
  const heads = written({ key, mark: undefined, variants: large }).variants.map(({ head }) => head[0]);
  expect(heads).toEqual(["0", "1"]);
  expect(writeRecord({ key, mark: undefined, variants: [variant("x".repeat(1_000_000))] })).toBeUndefined();
});
