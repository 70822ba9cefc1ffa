import { describe, expect, test } from "bun:test";
import type { Selecting } from "../../src/caching/selecting.ts";
import type { StoredResponse } from "../../src/caching/stored.ts";
import type { Store } from "../../src/store/store.ts";
import { groupOf, keyOf, stored } from "./stored.ts";

/**
 * What every store must do, whatever it keeps things in.
 * @param open gives an empty store with room for some megabytes; the suite disposes of it
 * @param counts whether it knows how much it holds beyond single keys: one that cannot says 0
 */
export function describeStore(
  name: string,
  open: () => Promise<Store> | Store,
  counts: "counted" | "uncounted" = "counted",
): void {
  const count = (entries: number): number => (counts === "counted" ? entries : 0);
  const bodies = (found: readonly StoredResponse[]): Promise<string[]> =>
    Promise.all(found.map(({ body }) => body.text()));
  const english = [["accept-language", "en"]] as const;
  const french = [["accept-language", "fr"]] as const;

  describe(`the contract of ${name}`, () => {
    test("an empty store has nothing to give, to delete or to clear", async () => {
      await using store = await open();
      expect(await store.get(keyOf("/"))).toEqual([]);
      expect(await store.delete(keyOf("/"))).toBe(0);
      expect(await store.deleteGroup(groupOf("a"))).toBe(0);
      expect(await store.clear()).toBe(0);
      expect(await store.stats()).toMatchObject({ entries: 0, bytes: 0, evictions: 0, expired: 0 });
    });

    test("what is put is there with all that decisions rest on", async () => {
      await using store = await open();
      const put = stored({ path: "/a?b=c", body: "hello", selecting: [["accept", null], ...english], at: 1000 });
      await store.put(put);
      const [found, ...more] = await store.get(keyOf("/a?b=c"));
      expect(more).toEqual([]);
      expect(found?.key).toBe(put.key);
      expect(found?.method).toBe("GET");
      expect(found?.selecting).toEqual(put.selecting);
      expect(found?.reading).toEqual(put.reading);
      expect(await found?.body.text()).toBe("hello");
      const stats = await store.stats();
      expect(stats.entries).toBe(count(1));
      expect(stats.bytes).toBeGreaterThan(count(5) - 1);
      expect(stats.bytes).toBeLessThanOrEqual(stats.maxBytes);
    });

    test("fields come back as they were, several Set-Cookie each on its own", async () => {
      await using store = await open();
      const headers = [
        ["etag", '"x"'],
        ["set-cookie", "a=1; Expires=Wed, 21 Oct 2065 07:28:00 GMT"],
        ["set-cookie", "b=2"],
        ["x-empty", ""],
        ["x-latin", "caf\xe9"],
      ] as const;
      const put = stored({ headers });
      await store.put(put);
      const [found] = await store.get(keyOf("/"));
      expect([...(found?.headers ?? [])]).toEqual([...put.headers]);
      expect(found?.headers.getSetCookie()).toEqual(["a=1; Expires=Wed, 21 Oct 2065 07:28:00 GMT", "b=2"]);
    });

    test("a body of any bytes and of a megabyte is intact", async () => {
      await using store = await open();
      const body = new Uint8Array(1024 * 1024).map((_, i) => (i * 31) >> 3);
      await store.put(stored({ body }));
      const [found] = await store.get(keyOf("/"));
      expect(Buffer.from((await found?.body.bytes()) ?? []).equals(body)).toBe(true);
    });

    test("variants come most recently put first", async () => {
      await using store = await open();
      await store.put(stored({ body: "en", selecting: english }));
      await store.put(stored({ body: "fr", selecting: french }));
      await store.put(stored({ body: "none", selecting: [["accept-language", null]] }));
      expect(await bodies(await store.get(keyOf("/")))).toEqual(["none", "fr", "en"]);
      await store.get(keyOf("/"));
      expect(await bodies(await store.get(keyOf("/")))).toEqual(["none", "fr", "en"]);
      expect((await store.stats()).entries).toBe(count(3));
    });

    test("a response replaces the one with the same selection, and comes first", async () => {
      await using store = await open();
      await store.put(stored({ body: "en 1", selecting: english }));
      await store.put(stored({ body: "fr", selecting: french }));
      await store.put(stored({ body: "en 2", selecting: english }));
      expect(await bodies(await store.get(keyOf("/")))).toEqual(["en 2", "fr"]);
      expect((await store.stats()).entries).toBe(count(2));
    });

    test("a response does not replace one that was asked for after it", async () => {
      await using store = await open();
      await store.put(stored({ body: "late", at: 2000 }));
      await store.put(stored({ body: "early", at: 1000 }));
      await store.put(stored({ body: "en", at: 1000, selecting: english }));
      expect(await bodies(await store.get(keyOf("/")))).toEqual(["en", "late"]);
      expect((await store.stats()).entries).toBe(count(2));
    });

    test("a whole replaces what was asked for after it and holds less", async () => {
      await using store = await open();
      await store.put(stored({ method: "HEAD", at: 2000 }));
      await store.put(stored({ status: 206, body: "bod", headers: [["content-range", "bytes 0-2/4"]], at: 2000 }));
      await store.put(stored({ body: "body", at: 1000 }));
      expect(await bodies(await store.get(keyOf("/")))).toEqual(["body"]);
    });

    test("other names, and the same names with and without a value, are other selections", async () => {
      await using store = await open();
      await store.put(stored({ body: "1" }));
      await store.put(stored({ body: "2", selecting: [["accept", null]] }));
      await store.put(stored({ body: "3", selecting: [["accept", ""]] }));
      await store.put(stored({ body: "4", selecting: [["accept", ""], ...english] }));
      expect(await bodies(await store.get(keyOf("/")))).toEqual(["4", "3", "2", "1"]);
    });

    test("a GET takes the place of a HEAD, which it can answer too", async () => {
      await using store = await open();
      await store.put(stored({ method: "HEAD" }));
      await store.put(stored({ method: "HEAD", selecting: french }));
      await store.put(stored({ method: "GET", body: "whole" }));
      const found = await store.get(keyOf("/"));
      expect(found.map(({ method, selecting }) => [method, selecting.length])).toEqual([
        ["GET", 0],
        ["HEAD", 1],
      ]);
    });

    test("a HEAD replaces a HEAD and leaves a GET, whose body it lacks", async () => {
      await using store = await open();
      await store.put(stored({ method: "GET", body: "whole" }));
      await store.put(stored({ method: "HEAD", maxAge: 1 }));
      await store.put(stored({ method: "HEAD", maxAge: 2 }));
      const found = await store.get(keyOf("/"));
      expect(found.map(({ method, reading }) => [method, reading.directives.maxAge])).toEqual([
        ["HEAD", 2],
        ["GET", 60],
      ]);
    });

    test("keys don't touch each other", async () => {
      await using store = await open();
      await store.put(stored({ path: "/a", body: "a" }));
      await store.put(stored({ path: "/A", body: "A" }));
      await store.put(stored({ path: "/a?", body: "a?" }));
      await store.put(stored({ path: "/a%", body: "a%" }));
      expect(await bodies(await store.get(keyOf("/a")))).toContain("a?");
      expect(await bodies(await store.get(keyOf("/A")))).toEqual(["A"]);
      expect(await store.delete(keyOf("/A"))).toBe(1);
      expect(await bodies(await store.get(keyOf("/a%")))).toEqual(["a%"]);
      expect(await store.get(keyOf("/A"))).toEqual([]);
    });

    test("delete takes all variants of a key and says how many", async () => {
      await using store = await open();
      await store.put(stored({ selecting: english }));
      await store.put(stored({ selecting: french }));
      await store.put(stored({ path: "/other" }));
      expect(await store.delete(keyOf("/"))).toBe(2);
      expect(await store.delete(keyOf("/"))).toBe(0);
      expect((await store.stats()).entries).toBe(count(1));
    });

    describe("RFC 9875: groups", () => {
      const member = (path: string, names: string, selecting: Selecting = []): StoredResponse =>
        stored({ path, body: path, selecting, headers: names === "" ? [] : [["cache-groups", names]] });

      test("deleteGroup takes all members, says how many, and leaves what is not among them", async () => {
        await using store = await open();
        await store.put(member("/a", '"red", "blue"'));
        await store.put(member("/b", '"blue"', english));
        await store.put(member("/b", '"green"', french));
        await store.put(member("/c", ""));
        expect((await store.get(keyOf("/a")))[0]?.groups).toEqual([groupOf("red"), groupOf("blue")]);
        expect(await store.deleteGroup(groupOf("blue"))).toBe(count(2));
        expect(await store.get(keyOf("/a"))).toEqual([]);
        expect((await store.get(keyOf("/b"))).map(({ selecting }) => selecting)).toEqual([french]);
        expect(await store.get(keyOf("/c"))).toHaveLength(1);
        expect((await store.stats()).entries).toBe(count(2));
        expect(await store.deleteGroup(groupOf("blue"))).toBe(0);
        expect(await store.deleteGroup(groupOf("red"))).toBe(0);
      });

      test("names compare character by character", async () => {
        await using store = await open();
        const names = ["a", "A", "a ", " a", "", "a%", "a_", "ab", 'a\\"b'];
        for (const [i, name] of names.entries()) await store.put(member(`/${i}`, `"${name}"`));
        for (const name of ["a", "", 'a"b', "%", "*"]) await store.deleteGroup(groupOf(name));
        const left = await Promise.all(names.map(async (_, i) => (await store.get(keyOf(`/${i}`))).length));
        expect(left).toEqual([0, 1, 1, 1, 0, 1, 1, 1, 0]);
      });

      test("as many as a response may name", async () => {
        await using store = await open();
        const names = Array.from({ length: 64 }, (_, i) => `${i}`.padEnd(64, "x"));
        await store.put(member("/a", names.map((name) => `"${name}"`).join(", ")));
        expect(await store.deleteGroup(groupOf(names.at(-1) ?? ""))).toBe(count(1));
        for (const name of names) expect(await store.deleteGroup(groupOf(name))).toBe(0);
      });

      test("what was replaced, deleted or cleared is in none any more", async () => {
        await using store = await open();
        await store.put(member("/a", '"red"'));
        await store.put(member("/a", '"blue"'));
        await store.put(member("/b", '"red"'));
        await store.delete(keyOf("/b"));
        expect(await store.deleteGroup(groupOf("red"))).toBe(0);
        expect(await store.get(keyOf("/a"))).toHaveLength(1);
        await store.clear();
        expect(await store.deleteGroup(groupOf("blue"))).toBe(0);
        await store.put(member("/a", '"blue"'));
        expect(await store.deleteGroup(groupOf("blue"))).toBe(count(1));
      });
    });

    test("clear takes everything and says how much; what comes after is kept", async () => {
      await using store = await open();
      await store.put(stored({ selecting: english }));
      await store.put(stored({ selecting: french }));
      await store.put(stored({ path: "/other" }));
      expect(await store.clear()).toBe(count(3));
      expect(await store.get(keyOf("/"))).toEqual([]);
      expect(await store.stats()).toMatchObject({ entries: 0, bytes: 0 });
      await store.put(stored({ body: "again" }));
      expect(await bodies(await store.get(keyOf("/")))).toEqual(["again"]);
    });

    test("what a get gave does not change with later puts", async () => {
      await using store = await open();
      await store.put(stored({ body: "1" }));
      const before = await store.get(keyOf("/"));
      await store.put(stored({ body: "2", selecting: english }));
      await store.delete(keyOf("/"));
      expect(await bodies(before)).toEqual(["1"]);
    });
  });
}
