import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { masking } from "../../src/http/masked.ts";
import { combinedLines, commonLines } from "../../src/observe/access-common.ts";
import { record } from "./records.ts";

const commonLine = commonLines(masking([]));
const combinedLine = combinedLines(masking([]));

/** What Bun's server may give, but no `new Headers` takes: each byte as a character. */
function asked(agent: string, referer = "http://a/"): Headers {
  const fields = new Map([
    ["user-agent", agent],
    ["referer", referer],
  ]);
  return Object.defineProperty(new Headers(), "get", { value: (name: string) => fields.get(name) ?? null });
}

/** As tools that read the format take it apart. */
const COMBINED =
  /^(\S+) - - \[(\d\d)\/(\w{3})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"\n$/;

test("common, as Apache writes it", () => {
  expect(commonLine(record())).toMatch(
    /^127\.0\.0\.1 - - \[02\/Jan\/2026:\d\d:\d\d:\d\d [+-]\d{4}\] "GET \/users\?page=2 HTTP\/1\.1" 200 4096\n$/,
  );
});

test("combined has Referer and User-Agent behind it, or dashes", () => {
  const line = commonLine(record()).trimEnd();
  expect(combinedLine(record({ headers: asked("curl/8.1") }))).toBe(`${line} "http://a/" "curl/8.1"\n`);
  expect(combinedLine(record())).toBe(`${line} "-" "-"\n`);
});

test("the time is the request's, in the machine's zone", () => {
  const [, , day, month, year, time, zone] = COMBINED.exec(combinedLine(record())) ?? [];
  expect(Date.parse(`${day} ${month} ${year} ${time} ${zone}`)).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
});

test.each([
  ["Europe/Berlin", Date.UTC(2026, 6, 1, 22, 30, 0), "02/Jul/2026:00:30:00 +0200"],
  ["Asia/Kolkata", Date.UTC(2026, 0, 1, 0, 0, 0), "01/Jan/2026:05:30:00 +0530"],
  ["America/St_Johns", Date.UTC(2026, 0, 1, 0, 0, 0), "31/Dec/2025:20:30:00 -0330"],
])("in %s", async (zone, at, time) => {
  const script = `import { commonLines } from "./src/observe/access-common.ts";
    const url = new URL("http://a/");
    process.stdout.write(commonLines((text) => text)({ at: ${at}, method: "GET", url, client: () => "::1", status: 200, bytes: 1 }));`;
  const root = new URL("../..", import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, "--eval", script], { cwd: root, env: { TZ: zone } });
  expect(await child.stdout.text()).toBe(`::1 - - [${time}] "GET / HTTP/1.1" 200 1\n`);
});

test.each([
  [0, "-"],
  [undefined, "-"],
  [Number.NaN, "-"],
  [1, "1"],
])("%p bytes of content are %s", (bytes, written) => {
  expect(commonLine(record({ bytes }))).toEndWith(` 200 ${written}\n`);
});

test("nobody is a dash", () => {
  expect(commonLine(record({ client: () => "" }))).toStartWith("- - - [");
});

describe("quotes, backslashes, control characters and bytes beyond ASCII are written as Apache writes them", () => {
  test.each([
    ['say "hi"', 'say \\"hi\\"'],
    ["a\\b", "a\\\\b"],
    ["\b\t\n\v\r", "\\b\\t\\n\\v\\r"],
    ["\0\x1b[31m\x7f\f", "\\x00\\x1b[31m\\x7f\\x0c"],
    ["caf\xc3\xa9", "caf\\xc3\\xa9"],
    ["\u202e", "\\xe2\\x80\\xae"],
  ])("%j", (given, written) => {
    expect(combinedLine(record({ headers: asked(given) }))).toEndWith(` "http://a/" "${written}"\n`);
  });

  test("no field can forge a line or another field", () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom('"\n', '" 200 1 "', "\\"));
    fc.assert(
      fc.property(text, text, text, (agent, referer, method) => {
        const line = combinedLine(record({ method, headers: asked(agent, referer) }));
        expect(line).toMatch(/^[ -~]*\n$/);
        const [, , , , , , , request, status] = COMBINED.exec(line) ?? [];
        expect(status).toBe("200");
        expect(request).toEndWith(" /users?page=2 HTTP/1.1");
      }),
    );
  });
});
