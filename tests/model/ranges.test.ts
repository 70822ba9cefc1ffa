import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Deed, type Got, Harness, type Reached } from "./harness.ts";
import { PATIENCE, runs } from "./runs.ts";

const LENGTH = 60;

/** The body of a version: each byte tells its place and its version. */
function bodyOf(version: number): string {
  return Array.from({ length: LENGTH }, (_, i) => String.fromCharCode(33 + ((i * 7 + version * 31) % 90))).join("");
}

/** How the origin deals with ranges, and how it names its versions. */
type Manner = {
  readonly ranges: "honoured" | "ignored";
  readonly validator: "strong" | "weak" | "date" | "none";
  readonly lifetime: number;
};

/** An origin whose content a test changes. */
class Versions {
  version = 0;
  readonly harness: Harness;

  constructor(manner: Manner) {
    this.harness = new Harness((request) => ({ deed: this.#answer(request, manner), delay: 0 }));
  }

  #answer({ fields: asked, method }: Reached, { ranges, validator, lifetime }: Manner): Deed {
    const body = bodyOf(this.version);
    const tag = `${validator === "weak" ? "W/" : ""}"v${this.version}"`;
    const date = new Date(Date.UTC(2020, 0, 1 + this.version)).toUTCString();
    const fields = {
      "cache-control": `max-age=${lifetime}`,
      "x-version": String(this.version),
      ...(validator === "strong" || validator === "weak" ? { etag: tag } : {}),
      ...(validator === "date" ? { "last-modified": date } : {}),
    };
    const framing = "announced";
    if (
      validator !== "none" &&
      [tag, date].some((one) => [asked["if-none-match"], asked["if-modified-since"]].includes(one))
    )
      return { status: 304, fields, body: "", framing };
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(asked.range ?? "") ?? [];
    const isCurrent = asked["if-range"] === undefined || (asked["if-range"] === tag && validator === "strong");
    if (ranges === "ignored" || first === undefined || !isCurrent || method !== "GET")
      return { status: 200, fields, body, framing };
    const end = Math.min(LENGTH - 1, last === "" ? LENGTH : Number(last));
    if (Number(first) > end)
      return { status: 416, fields: { "content-range": `bytes */${LENGTH}` }, body: "", framing };
    const range = { "content-range": `bytes ${first}-${end}/${LENGTH}` };
    return { status: 206, fields: { ...fields, ...range }, body: body.slice(Number(first), end + 1), framing };
  }
}

/** What of the body an answer holds, by what it says itself. It must be of the one version that it names. */
function bytesOf(got: Got, first: number, last: number): { readonly version: number; readonly bytes: string } {
  const version = Number(got.fields["x-version"]);
  if (got.status === 200) {
    expect(got.bytes).toBe(bodyOf(version));
    return { version, bytes: got.bytes.slice(first, last + 1) };
  }
  expect(got.status).toBe(206);
  expect(got.fields["content-range"]).toBe(`bytes ${first}-${last}/${LENGTH}`);
  expect(got.fields["content-length"]).toBe(String(last - first + 1));
  return { version, bytes: got.bytes };
}

const manner = fc.record({
  ranges: fc.constantFrom("honoured" as const, "honoured" as const, "ignored" as const),
  validator: fc.constantFrom("strong" as const, "strong" as const, "weak" as const, "date" as const, "none" as const),
  lifetime: fc.constantFrom(0, 10, 100),
});
const place = fc.nat(LENGTH - 1);
const range = fc.tuple(place, place).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
/** What was asked before: parts, the whole, and time that passed meanwhile. */
const history = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant("part" as const), range }) },
    { weight: 1, arbitrary: fc.constant({ type: "whole" as const }) },
    { weight: 1, arbitrary: fc.constant({ type: "wait" as const, seconds: 11 }) },
    { weight: 1, arbitrary: fc.constant({ type: "change" as const }) },
  ),
  { maxLength: 8 },
);

type Past = typeof history extends fc.Arbitrary<infer T> ? T : never;

async function part({ harness }: Versions, [first, last]: readonly [number, number]) {
  return bytesOf(await harness.get({ url: "/", fields: { range: `bytes=${first}-${last}` } }), first, last);
}

async function live(versions: Versions, past: Past): Promise<void> {
  for (const event of past) {
    switch (event.type) {
      case "part": {
        const { version, bytes } = await part(versions, event.range);
        expect(bytes).toBe(bodyOf(version).slice(event.range[0], event.range[1] + 1));
        break;
      }
      case "whole": {
        const got = await versions.harness.get({ url: "/" });
        expect(got.bytes).toBe(bodyOf(Number(got.fields["x-version"])));
        break;
      }
      case "wait":
        versions.harness.step(event.seconds);
        break;
      case "change":
        versions.version++;
        break;
    }
  }
}

test(
  "RFC 9110 §14, RFC 9111 §3.3: adjacent ranges concatenate to the body, whatever is stored of it",
  async () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: LENGTH - 1 }), { maxLength: 4 });
    const unchanging = history.map((past) => past.filter(({ type }) => type !== "change"));
    await fc.assert(
      fc.asyncProperty(manner, unchanging, cuts, async (manner, past, cuts) => {
        const versions = new Versions(manner);
        await live(versions, past);
        const ends = [...cuts.toSorted((a, b) => a - b), LENGTH];
        let joined = "";
        for (const end of ends) joined += (await part(versions, [joined.length, end - 1])).bytes;
        expect(joined).toBe(bodyOf(0));
      }),
      runs(200),
    );
  },
  PATIENCE,
);

test(
  "RFC 9110 §13.1.5: a part that If-Range asks for is of the version that it names",
  async () => {
    await fc.assert(
      fc.asyncProperty(manner, history, range, fc.nat(3), async (manner, past, [first, last], back) => {
        const versions = new Versions(manner);
        await live(versions, past);
        const named = versions.version - back;
        const fields = { range: `bytes=${first}-${last}`, "if-range": `"v${named}"` };
        const got = await versions.harness.get({ url: "/", fields });
        const { version, bytes } = bytesOf(got, first, last);
        expect(bytes).toBe(bodyOf(version).slice(first, last + 1));
        if (got.status === 206) expect([manner.validator, version]).toEqual(["strong", named]);
      }),
      runs(200),
    );
  },
  PATIENCE,
);

test(
  "RFC 9111 §3.4: no answer is made of bytes of two versions, however the origin names them",
  async () => {
    await fc.assert(
      fc.asyncProperty(manner, history, range, async (manner, past, asked) => {
        const versions = new Versions(manner);
        await live(versions, past);
        const { version, bytes } = await part(versions, asked);
        expect(bytes).toBe(bodyOf(version).slice(asked[0], asked[1] + 1));
      }),
      runs(300),
    );
  },
  PATIENCE,
);
