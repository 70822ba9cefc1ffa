import { describe, expect, test } from "bun:test";
import { type Cut, cut, rangeAsked } from "../../src/caching/cut.ts";
import { dateAt, type Fields, stored, T0 } from "./build.ts";

const whole = stored({ body: "0123456789", fields: { etag: '"a"', "last-modified": dateAt(-60) } });
const part = (contentRange: string, body: string, fields: Fields = {}) =>
  stored({ status: 206, body, fields: { "content-range": contentRange, etag: '"a"', ...fields } });

/** What a request with these fields is given, as text. */
async function given(one: typeof whole, fields: Fields): Promise<string> {
  const found = cut(rangeAsked("GET", new Headers(fields)), one, T0);
  if (found.type !== "single") return found.type;
  const length = found.last - found.first + 1;
  return `${found.first}-${found.last}/${found.complete} ${await one.body.slice(found.offset, found.offset + length).text()}`;
}

describe("rangeAsked", () => {
  test.each<[string, string, Fields, boolean]>([
    ["GET", "GET", { range: "bytes=0-1" }, true],
    ["HEAD, for which Range means nothing", "HEAD", { range: "bytes=0-1" }, false],
    ["QUERY, of whose result it asks for a part (RFC 10008 §2.8)", "QUERY", { range: "bytes=0-1" }, true],
    ["POST, for which it means nothing", "POST", { range: "bytes=0-1" }, false],
    ["no Range", "GET", {}, false],
    ["another unit", "GET", { range: "items=0-1" }, false],
  ])("RFC 9110 §14.2: %s", (_, method, fields, asksForPart) => {
    expect(rangeAsked(method, new Headers(fields)) !== undefined).toBe(asksForPart);
  });
});

describe("of a stored whole", () => {
  test.each<[string, Fields, string]>([
    ["no Range", {}, "whole"],
    ["a range", { range: "bytes=2-4" }, "2-4/10 234"],
    ["a suffix", { range: "bytes=-3" }, "7-9/10 789"],
    ["several", { range: "bytes=0-1,8-9" }, "several"],
    ["outside", { range: "bytes=10-" }, "unsatisfiable"],
    ["If-Range with the stored tag", { range: "bytes=0-1", "if-range": '"a"' }, "0-1/10 01"],
    ["If-Range with another tag", { range: "bytes=0-1", "if-range": '"b"' }, "whole"],
    ["If-Range with the stored tag as a weak one", { range: "bytes=0-1", "if-range": 'W/"a"' }, "whole"],
    ["If-Range with the stored date", { range: "bytes=0-1", "if-range": dateAt(-60) }, "0-1/10 01"],
    ["If-Range with a later date", { range: "bytes=0-1", "if-range": dateAt(-59) }, "whole"],
    ["If-Range with no date", { range: "bytes=0-1", "if-range": "yesterday" }, "whole"],
    ["If-Range that fails, outside", { range: "bytes=10-", "if-range": '"b"' }, "whole"],
  ])("RFC 9110 §14.2, §13.1.5: %s", async (_, fields, expected) => {
    expect(await given(whole, fields)).toBe(expected);
  });

  test("RFC 9110 §13.1.5: a weak stored tag proves nothing", async () => {
    const weak = stored({ body: "0123456789", fields: { etag: 'W/"a"' } });
    expect(await given(weak, { range: "bytes=0-1", "if-range": 'W/"a"' })).toBe("whole");
  });

  test("RFC 9110 §8.8.2.2: a Last-Modified within a second of Date is weak", async () => {
    const recent = stored({ body: "0123456789", fields: { "last-modified": dateAt(0) } });
    expect(await given(recent, { range: "bytes=0-1", "if-range": dateAt(0) })).toBe("whole");
  });

  test("RFC 9110 §14.2: Range is for 200 alone", async () => {
    expect(await given(stored({ status: 404, body: "none" }), { range: "bytes=0-1" })).toBe("whole");
  });
});

describe("of a stored part", () => {
  const middle = part("bytes 4-7/10", "4567");
  const end = part("bytes 6-9/10", "6789");

  test.each<[string, typeof middle, Fields, string]>([
    ["the whole", middle, {}, "lacking"],
    ["the same range", middle, { range: "bytes=4-7" }, "4-7/10 4567"],
    ["less", middle, { range: "bytes=5-6" }, "5-6/10 56"],
    ["more in front", middle, { range: "bytes=3-6" }, "lacking"],
    ["more behind", middle, { range: "bytes=5-8" }, "lacking"],
    ["an open range of a part that ends earlier", middle, { range: "bytes=5-" }, "lacking"],
    ["a suffix of a part that ends earlier", middle, { range: "bytes=-1" }, "lacking"],
    ["an open range", end, { range: "bytes=7-" }, "7-9/10 789"],
    ["an end beyond the end", end, { range: "bytes=7-100" }, "7-9/10 789"],
    ["a suffix", end, { range: "bytes=-2" }, "8-9/10 89"],
    ["a suffix of all that is there", end, { range: "bytes=-4" }, "6-9/10 6789"],
    ["a suffix of more", end, { range: "bytes=-5" }, "lacking"],
    ["an empty suffix", end, { range: "bytes=-0" }, "lacking"],
    ["outside", end, { range: "bytes=10-" }, "lacking"],
    ["several", end, { range: "bytes=6-6,8-8" }, "lacking"],
    ["If-Range that holds", end, { range: "bytes=7-8", "if-range": '"a"' }, "7-8/10 78"],
    ["If-Range that fails", end, { range: "bytes=7-8", "if-range": '"b"' }, "lacking"],
  ])("RFC 9111 §3.3: %s", async (_, one, fields, expected) => {
    expect(await given(one, fields)).toBe(expected);
  });

  // Six bytes are announced and five came: each is found from the end that the origin names.
  const short = part("bytes 4-9/10", "01234");
  test.each([
    ["a range from the front", "bytes=6-8", "6-8/10 234"],
    ["an open range, as far as it goes", "bytes=6-", "6-8/10 234"],
    ["what did not come", "bytes=9-9", "lacking"],
    ["a suffix", "bytes=-1", "9-9/10 4"],
    ["the suffix that it is", "bytes=-5", "5-9/10 01234"],
    ["a longer suffix", "bytes=-6", "lacking"],
  ])("RFC 9110 §15.3.7: a part that is shorter than it says: %s", async (_, range, expected) => {
    expect(await given(short, { range })).toBe(expected);
  });

  test("a part is never the whole", () => {
    const found: Cut = cut(undefined, part("bytes 0-9/10", "0123456789"), T0);
    expect(found.type).toBe("lacking");
  });
});
