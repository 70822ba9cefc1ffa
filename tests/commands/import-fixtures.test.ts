import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { renderImportedFixtures } from "../../src/commands/fixtures-report.ts";
import { openFolder, writeIn } from "../fixtures/open.ts";
import { askingOf } from "../fixtures/replaying.ts";
import { filesIn } from "../recording/recording.ts";
import { scratch } from "../store/scratch.ts";
import { entry, exported, imported } from "./fixtures-archive.ts";

const JSON_FIELD = [["Content-Type", "application/json"]] as const;
const get = (path: string, text = "x", more: Parameters<typeof entry>[2] = {}): unknown =>
  entry(["GET", `http://o.test${path}`], text, more);

/** Files of fixtures without what belongs to the pseudonyms. */
function fixturesIn(root: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(filesIn(root)).filter(([path]) => !path.startsWith(".")));
}

describe("an archive becomes fixtures", () => {
  test("that a proxy answers from", async () => {
    using stack = new DisposableStack();
    const { folder, root } = openFolder(stack, {});
    const posted = { posted: { mimeType: "application/json", text: '{"q":"a","n":1}' }, fields: JSON_FIELD };
    await imported(
      [get("/products/1", '{"id":1}', { fields: JSON_FIELD }), entry(["POST", "http://o.test/s"], "[1]", posted)],
      root,
    );
    expect(Object.keys(fixturesIn(root))).toEqual([
      "products/1.http",
      expect.stringMatching(/^s\.POST~[\da-f]{8}\.http$/),
    ]);
    expect(fixturesIn(root)["products/1.http"]).toBe(
      'GET /products/1 HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n{\n  "id": 1\n}\n',
    );
    for (const file of Object.keys(fixturesIn(root))) folder.refresh(file);
    const ask = askingOf({ folder });
    expect(await (await ask("/products/1")).json()).toEqual({ id: 1 });
    const init = { method: "POST", body: '{"n":1, "q":"a"}', headers: { "content-type": "application/json" } };
    expect(await (await ask("/s", init)).json()).toEqual([1]);
  });

  test("of one origin, below its path", async () => {
    using stack = new DisposableStack();
    const root = scratch(stack);
    const entries = ["http://o.test/v1/a", "http://o.test/v2/a", "http://cdn.test/a", "http://cdn.test/b"].map((url) =>
      entry(["GET", url], url),
    );
    expect(imported(entries, root)).rejects.toThrow(
      "the archive is of 2 origins: say by --origin URL whose answers to take: http://o.test (2), http://cdn.test (2)",
    );
    const result = await imported(entries, root, { origin: new URL("http://o.test/v1") });
    expect(result).toMatchObject({
      ...{ written: 1, left: { elsewhere: 3 }, otherOrigins: { "http://cdn.test": 2, "http://o.test": 1 } },
    });
    expect(Object.keys(fixturesIn(root))).toEqual(["a.http"]);
    expect(renderImportedFixtures("fx", result)).toBe(
      "1 fixture written into fx, of 4 entries\n  3 left: of other origins: http://cdn.test (2), http://o.test (1)\n",
    );
  });

  test("apart for each value of the fields that they were selected by", async () => {
    using stack = new DisposableStack();
    const root = scratch(stack);
    const of = (tenant: string) => get("/a", tenant, { fields: [["Vary", "X-Tenant"]], asked: [["X-Tenant", tenant]] });
    expect(await imported([of("one"), of("two"), of("one")], root)).toMatchObject({
      written: 2,
      left: { repeated: 1 },
    });
    expect(Object.keys(fixturesIn(root)).length).toBe(2);
  });

  test("with pseudonyms in the place of secrets, the same for the same", async () => {
    using stack = new DisposableStack();
    const root = scratch(stack);
    const token = "7f3a9c2e51d84b06a1b2c3d4e5f60718";
    const login = entry(["POST", "http://o.test/login"], JSON.stringify({ access_token: token }), {
      ...{ fields: [...JSON_FIELD, ["Set-Cookie", `session=${token}x; HttpOnly`]] },
      posted: { mimeType: "application/json", text: '{"password":"correct horse 9"}' },
    });
    const asked = [["Authorization", `Bearer ${token}`]] as const;
    await imported([login, get("/me", '{"iban":"DE02120300000000202051"}', { asked, fields: JSON_FIELD })], root, {
      secrets: ["iban"],
    });
    const text = Object.values(fixturesIn(root)).join("\n");
    for (const secret of [token, "correct horse", "DE0212"]) expect(text).not.toContain(secret);
    const [, pseudonym = ""] = /"access_token": "(pseudonym_\w+)"/.exec(text) ?? [];
    expect(text).toContain(`Authorization: Bearer ${pseudonym}\n`);
    expect(Object.keys(filesIn(root)).filter((file) => file.startsWith("."))).toEqual([]);
  });

  test("with how long the origin took, where that is wanted", async () => {
    using stack = new DisposableStack();
    const root = scratch(stack);
    await imported([get("/a")], root, { latency: "record" });
    expect(fixturesIn(root)["a.http"]).toStartWith("# @latency 12ms\nGET /a");
    const { entries } = await exported(root);
    expect(entries).toMatchObject([{ time: 12, timings: { wait: 12 } }]);
  });
});

describe("what is there", () => {
  test("stays, whatever it is that answers", async () => {
    using stack = new DisposableStack();
    const root = scratch(stack);
    const files = {
      "a.json": "1",
      "p/[id].http": "# @template\n{{request.params.id}}",
      "b.http": "GET /b HTTP/1.1\n\nHTTP/1.1 200 OK\n\nold",
    };
    for (const [path, text] of Object.entries(files)) writeIn(root, path, text);
    const entries = [get("/a"), get("/p/7"), get("/b"), get("/c"), get("/c", "again")];
    const result = await imported(entries, root);
    expect(result).toMatchObject({ written: 1, rewritten: 0, left: { there: 3, repeated: 1 } });
    expect(fixturesIn(root)).toMatchObject(files);
    expect(fixturesIn(root)["c.http"]).toEndWith("\nx\n");
  });

  test("is written anew where that is wanted, but for templates; of several answers the last one counts", async () => {
    using stack = new DisposableStack();
    const root = scratch(stack);
    writeIn(root, "a.http", "# Mine.\nGET /a HTTP/1.1\n\nHTTP/1.1 200 OK\n\nold\n");
    writeIn(root, "t.http", "# @template\nHTTP/1.1 200 OK\n\n{{uuid}}");
    await imported([get("/same")], root);
    const entries = [get("/a", "between"), get("/a", "new"), get("/t"), get("/same")];
    const result = await imported(entries, root, { existing: "replace" });
    expect(result).toMatchObject({ written: 0, rewritten: 1, left: { kept: 1, repeated: 1, unchanged: 1 } });
    expect(fixturesIn(root)["a.http"]).toBe("# Mine.\nGET /a HTTP/1.1\n\nHTTP/1.1 200 OK\n\nnew\n");
    expect(fixturesIn(root)["t.http"]).toContain("{{uuid}}");
  });
});

test.each<[string, unknown, string]>([
  ["an error", get("/a", "x", { status: 404 }), "error"],
  ["a part", get("/a", "x", { status: 206 }), "partial"],
  ["no news", get("/a", "", { status: 304 }), "partial"],
  ["a HEAD", entry(["HEAD", "http://o.test/a"], ""), "head"],
  ["a method that nobody replays", entry(["TRACE", "http://o.test/a"], ""), "method"],
  ["what was hidden", get("/a", "x", { asked: [["Authorization", "***"]] }), "hidden"],
  [
    "a file that was sent and is not there",
    posted({ mimeType: "multipart/form-data", params: [{ name: "f" }] }),
    "no-posted",
  ],
  ["bytes that were made text", posted({ mimeType: "image/png", text: "\ufffdPNG" }), "no-posted"],
  ["a body that is not there", get("/a", "x", { asked: [["Content-Length", "4"]] }), "no-posted"],
])("%s becomes none, and that is told", async (_, one, reason) => {
  using stack = new DisposableStack();
  const root = scratch(stack);
  const result = await imported([one], root);
  expect(result).toMatchObject({ written: 0, left: { [reason]: 1 } });
  expect(fixturesIn(root)).toEqual({});
  expect(renderImportedFixtures("fx", result)).not.toMatch(new RegExp(`left: ${reason}$`, "m"));
});

function posted(data: unknown): unknown {
  return entry(["POST", "http://o.test/a"], "x", { posted: data });
}

test("errors where they are wanted, and the fields of a form as what was sent", async () => {
  using stack = new DisposableStack();
  const root = scratch(stack);
  const form = posted({ mimeType: "application/x-www-form-urlencoded", params: [{ name: "a b", value: "1&2" }] });
  await imported([get("/e", "gone", { status: 410 }), form], root, { errors: "record" });
  const files = fixturesIn(root);
  expect(files["e.http"]).toContain("HTTP/1.1 410 Gone");
  expect(Object.values(files).join()).toContain("a+b=1%262");
});

test("a link does not lead out of the folder", async () => {
  using stack = new DisposableStack();
  const around = scratch(stack);
  const root = join(around, "fixtures");
  mkdirSync(root);
  mkdirSync(join(around, "outside"));
  symlinkSync(join(around, "outside"), join(root, "link"));
  const result = await imported([get("/link/a"), get("/link/b/c"), get("/d")], root, { onFault: () => undefined });
  expect(result).toMatchObject({ written: 1, left: { refused: 2 } });
  expect(result.faults[0]?.why).toContain("a link on its way leads out of the folder of fixtures");
  expect(readdirSync(join(around, "outside"))).toEqual([]);
});

test("a folder that is a file is refused", async () => {
  using stack = new DisposableStack();
  const root = scratch(stack);
  writeIn(root, "file", "x");
  expect(imported([get("/a")], join(root, "file"))).rejects.toThrow("file is a file: pass a folder");
});
