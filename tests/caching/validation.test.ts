import { describe, expect, test } from "bun:test";
import {
  CONDITIONAL_FIELDS,
  freshen,
  type HeadSays,
  headSays,
  isAbout,
  type Precondition,
  precondition,
  setValidators,
  withoutConditions,
} from "../../src/caching/validation.ts";
import { dateAt, type Fields, POLICY, reading, received, SECOND, stored, T0 } from "./build.ts";

describe("setValidators", () => {
  const conditions: Fields = {
    "if-match": '"client"',
    "if-none-match": '"client"',
    "if-modified-since": dateAt(-1),
    "if-unmodified-since": dateAt(-1),
    "if-range": '"client"',
    range: "bytes=0-1",
  };
  const changed = dateAt(-1000);

  test.each<[string, Fields, Fields]>([
    ["an entity tag", { etag: 'W/"a"' }, { "if-none-match": 'W/"a"' }],
    ["a date", { "last-modified": changed }, { "if-modified-since": changed }],
    ["both", { etag: '"a"', "last-modified": changed }, { "if-none-match": '"a"', "if-modified-since": changed }],
    ["a Last-Modified as it was written", { "last-modified": "today" }, { "if-modified-since": "today" }],
    ["none", {}, {}],
  ])("RFC 9111 §4.3.1: %s", (_, fields, validators) => {
    const headers = new Headers({ ...conditions, accept: "text/html" });
    setValidators(headers, stored({ fields }), "whole");
    expect(Object.fromEntries(headers)).toEqual({ accept: "text/html", ...validators });
  });

  test("RFC 9110 §13.1: withoutConditions leaves neither preconditions nor range", () => {
    const headers = new Headers({ ...conditions, accept: "text/html" });
    withoutConditions(headers, "whole");
    expect(Object.fromEntries(headers)).toEqual({ accept: "text/html" });
    expect<readonly string[]>([...CONDITIONAL_FIELDS, "range"]).toEqual(Object.keys(conditions));
  });
});

test("RFC 9110 §13.1.5: who wants a part asks for it in a validation too, on the condition that it states", () => {
  const headers = new Headers({ range: "bytes=0-1", "if-range": '"a"', accept: "text/html" });
  setValidators(headers, stored({ fields: { etag: '"b"' } }), "as-asked");
  expect(Object.fromEntries(headers)).toEqual({
    accept: "text/html",
    range: "bytes=0-1",
    "if-range": '"a"',
    "if-none-match": '"b"',
  });
});

describe("isAbout", () => {
  test.each<[string, Fields, Fields, boolean]>([
    ["the same strong tag", { etag: '"a"' }, { etag: '"a"' }, true],
    ["the same weak tag", { etag: 'W/"a"' }, { etag: 'W/"a"' }, true],
    ["no tag", { etag: '"a"' }, {}, true],
    ["a tag where none was stored", {}, { etag: '"a"' }, true],
    ["another tag", { etag: '"a"' }, { etag: '"b"' }, false],
    ["another weak tag", { etag: 'W/"a"' }, { etag: 'W/"b"' }, false],
    // nginx weakens the tag of what it compresses, but not that of the 304.
    ["the tag in another strength", { etag: 'W/"a"' }, { etag: '"a"' }, true],
    ["the same Last-Modified", { "last-modified": dateAt(-9) }, { "last-modified": dateAt(-9) }, true],
    ["another Last-Modified", { "last-modified": dateAt(-9) }, { "last-modified": dateAt(-99) }, false],
    [
      "the same tag and another Last-Modified",
      { etag: '"a"', "last-modified": dateAt(-9) },
      { etag: '"a"', "last-modified": dateAt(-1) },
      true,
    ],
  ])("RFC 9111 §4.3.4: a 304 with %s", (_, fields, notModified, about) => {
    expect(isAbout(stored({ fields }), new Headers(notModified))).toBe(about);
  });
});

describe("freshen", () => {
  const old = stored({
    fields: {
      "cache-control": "max-age=60",
      etag: '"a"',
      age: "30",
      "content-type": "text/plain",
      "content-encoding": "gzip",
      "x-kept": "1",
      "x-replaced": "1",
      vary: "Accept",
    },
    request: { accept: "text/html" },
    body: "body",
  });
  const freshened = (fields: Fields, of = old) =>
    freshen(of, received({ status: 304, fields, came: 100 }), false, POLICY);

  test("RFC 9111 §3.2: fields of the same name are replaced, others kept, new ones added", () => {
    const { headers } = freshened({ "x-replaced": "2", "x-new": "3", etag: 'W/"a"' });
    expect(headers.get("x-replaced")).toBe("2");
    expect(headers.get("x-kept")).toBe("1");
    expect(headers.get("x-new")).toBe("3");
    expect(headers.get("etag")).toBe('W/"a"');
    expect(headers.get("date")).toBe(dateAt(100));
  });

  test.each<[string, Fields, Fields, string | null]>([
    ["a weak tag does not become strong", { etag: 'W/"a"' }, { etag: '"a"' }, 'W/"a"'],
    ["nor does what has none get one", {}, { etag: '"a"' }, null],
  ])("RFC 9111 §4.3.4: by a 304 %s", (_, of, by, etag) => {
    const { headers, reading } = freshened(by, stored({ fields: of }));
    expect([headers.get("etag"), reading.strongValidator]).toEqual([etag, undefined]);
  });

  test("RFC 9110 §8.8.2.2: a Last-Modified that was weak for the stored bytes stays weak", () => {
    const of = stored({ fields: { "last-modified": dateAt(0) } });
    expect(of.reading.strongValidator).toBeUndefined();
    expect(freshened({ "last-modified": dateAt(0) }, of).reading.strongValidator).toBeUndefined();
  });

  test("RFC 9111 §3.2: Content-Type is a field like any other", () => {
    expect(freshened({ "content-type": "text/html" }).headers.get("content-type")).toBe("text/html");
  });

  test.each(["content-encoding", "content-length", "content-range"])(
    "RFC 9111 §3.2: %s describes the stored bytes and stays",
    (name) => {
      expect(freshened({ [name]: "x" }).headers.get(name)).toBe(old.headers.get(name));
    },
  );

  test("RFC 6265 §3: a cookie is for who was given it: neither the stored one nor the 304's stays for the next", () => {
    const of = stored({ fields: { "cache-control": "max-age=60", "set-cookie": "old=1" } });
    const by = received({ status: 304, came: 100 });
    by.headers.append("set-cookie", "a=1; Expires=Mon, 15 Jun 2026 12:00:00 GMT");
    by.headers.append("set-cookie", "b=2");
    const { headers, reading } = freshen(of, by, false, POLICY);
    expect(headers.getSetCookie()).toEqual([]);
    expect(reading.personal).toBe(true);
  });

  test("RFC 9875 §2: its groups are those of the 304, or the stored where it names none", () => {
    const of = stored({ fields: { "cache-groups": '"red", "blue"' } });
    const names = (fields: Fields) =>
      freshen(of, received({ status: 304, fields }), false, POLICY).groups.map((group) => group.split(" ").at(-1));
    expect(names({})).toEqual(["red", "blue"]);
    expect(names({ "cache-groups": '"green"' })).toEqual(["green"]);
    expect(names({ "cache-groups": "" })).toEqual([]);
  });

  test("RFC 9111 §5.1: an Age that is not repeated belonged to the old journey", () => {
    expect(freshened({}).headers.has("age")).toBe(false);
    expect(freshened({}).reading.initialAge).toBe(0);
    expect(freshened({ age: "7" }).headers.get("age")).toBe("7");
    expect(freshened({ age: "7" }).reading.initialAge).toBe(7 * SECOND);
  });

  test("RFC 9111 §4.3.4: its times count from now on", () => {
    const by = received({ status: 304, asked: 98, came: 100 });
    expect(freshen(old, by, false, POLICY).reading).toMatchObject({
      requestTime: T0 + 98 * SECOND,
      responseTime: T0 + 100 * SECOND,
      date: T0 + 100 * SECOND,
      initialAge: 2 * SECOND,
      lifetime: { ms: 60 * SECOND, source: "max-age" },
    });
  });

  test.each([undefined, "no date"])("RFC 9110 §6.6.1: a 304 with Date %p is dated by its arrival", (date) => {
    const by = received({ status: 304, came: 100 });
    if (date === undefined) by.headers.delete("date");
    else by.headers.set("date", date);
    expect(freshen(old, by, false, POLICY).reading).toMatchObject({ date: T0 + 100 * SECOND, initialAge: 0 });
  });

  test("RFC 9110 §6.6.1: without a Date in the 304 the recorded one is what is stored", () => {
    const by = received({ status: 304, came: 100 });
    by.headers.delete("date");
    expect(freshen(old, by, false, POLICY).headers.get("date")).toBe(dateAt(100));
  });

  test("RFC 9111 §4.3.4: directives are those of the new section, or the stored where it has none", () => {
    expect(freshened({ "cache-control": "max-age=5, must-revalidate" }).reading).toMatchObject({
      lifetime: { ms: 5 * SECOND },
      directives: { mustRevalidate: true },
    });
    expect(freshened({}).reading.directives).toEqual(old.reading.directives);
  });

  test.each(['private="X-Secret"', 'no-cache="x-secret, x-other"'])(
    "RFC 9111 §3.2: what %s names is not stored by way of a 304 either",
    (directive) => {
      const fields = { "cache-control": `max-age=60, ${directive}`, "x-secret": "1", "x-new": "2" };
      const { headers } = freshened(fields);
      expect(headers.has("x-secret")).toBe(false);
      expect(headers.get("x-new")).toBe("2");
      const stating = stored({ fields: { "cache-control": `max-age=60, ${directive}` } });
      expect(freshened({ "x-secret": "1" }, stating).headers.has("x-secret")).toBe(false);
    },
  );

  test("RFC 9111 §4.3.4: status, body, key and selection are the stored ones, which is not changed itself", () => {
    const before = [...old.headers];
    const now = freshened({ "x-replaced": "2" });
    expect(now.reading.status).toBe(200);
    expect(now.body).toBe(old.body);
    expect(now.key).toBe(old.key);
    expect(now.selecting).toEqual(old.selecting);
    expect([...old.headers]).toEqual(before);
  });
});

describe("headSays", () => {
  const one = stored({ fields: { etag: '"a"', "last-modified": dateAt(-1000) }, body: "four" });

  test.each<[string, number, Fields, HeadSays]>([
    ["nothing of it", 200, {}, "nothing"],
    ["other fields", 200, { "x-a": "1", "content-type": "text/html" }, "nothing"],
    ["the length alone", 200, { "content-length": "4" }, "nothing"],
    ["all the same", 200, { etag: '"a"', "last-modified": dateAt(-1000), "content-length": "4" }, "same"],
    ["the tag", 200, { etag: '"a"' }, "same"],
    ["the time", 200, { "last-modified": dateAt(-1000) }, "same"],
    ["another tag", 200, { etag: '"b"' }, "other"],
    ["another time", 200, { etag: '"a"', "last-modified": dateAt(-999) }, "other"],
    ["another length", 200, { "content-length": "5" }, "other"],
    ["another status", 404, { etag: '"a"' }, "other"],
  ])("RFC 9111 §4.3.5: a HEAD that states %s", (_, status, fields, says) => {
    expect(headSays(one, new Headers(fields), status)).toBe(says);
  });

  test("RFC 9111 §4.3.5: a validator that is new is another", () => {
    expect(headSays(stored({}), new Headers({ etag: '"a"' }), 200)).toBe("other");
  });
});

describe("precondition", () => {
  const changed = dateAt(-1000);
  const both = { etag: '"a"', "last-modified": changed };

  test.each<[string, Fields, Fields, Precondition]>([
    ["no condition", {}, both, "send"],
    ["its tag", { "if-none-match": '"a"' }, both, "not-modified"],
    ["its tag, weak", { "if-none-match": 'W/"a"' }, both, "not-modified"],
    ["its tag among others", { "if-none-match": '"x", "a"' }, both, "not-modified"],
    ["any tag", { "if-none-match": "*" }, {}, "not-modified"],
    ["another tag", { "if-none-match": '"b"' }, both, "send"],
    ["a tag where it has none", { "if-none-match": '"a"' }, {}, "send"],
  ])("RFC 9110 §13.1.2: If-None-Match: %s", (_, request, fields, expected) => {
    expect(precondition(new Headers(request), reading({ fields }), T0)).toBe(expected);
  });

  test.each<[string, string, Fields, Precondition]>([
    ["when it changed", changed, both, "not-modified"],
    ["later", dateAt(-999), both, "not-modified"],
    ["earlier", dateAt(-1001), both, "send"],
    ["no date", "0", both, "send"],
    ["another form of date", "Mon Jun 15 12:00:00 2026", both, "not-modified"],
    ["its Date, where it doesn't say when it changed", dateAt(0), {}, "not-modified"],
    ["before its Date, where it doesn't say when it changed", dateAt(-1), {}, "send"],
    ["its arrival, where it has neither", dateAt(0), { date: "x" }, "not-modified"],
  ])("RFC 9111 §4.3.2: If-Modified-Since: %s", (_, since, fields, expected) => {
    expect(precondition(new Headers({ "if-modified-since": since }), reading({ fields }), T0)).toBe(expected);
  });

  test.each<[string, Precondition]>([
    ['"a"', "not-modified"],
    ['"b"', "send"],
  ])("RFC 9110 §13.2.2: where there is If-None-Match (%s), If-Modified-Since is not looked at", (tag, expected) => {
    const since = expected === "send" ? dateAt(0) : dateAt(-2000);
    const request = new Headers({ "if-none-match": tag, "if-modified-since": since });
    expect(precondition(request, reading({ fields: both }), T0)).toBe(expected);
  });

  test.each([204, 301, 404, 500])("RFC 9110 §13.2.1: a stored %d is sent whatever the condition", (status) => {
    expect(precondition(new Headers({ "if-none-match": "*" }), reading({ status, fields: both }), T0)).toBe("send");
  });
});
