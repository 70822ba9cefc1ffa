import { expect, test } from "bun:test";
import { writeIn } from "../fixtures/open.ts";
import { filesIn } from "../recording/recording.ts";
import { scratch } from "../store/scratch.ts";
import { exchanges, exported, imported } from "./fixtures-archive.ts";

function folderOf(stack: DisposableStack, files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = scratch(stack);
  for (const [path, text] of Object.entries(files)) writeIn(root, path, text);
  return root;
}

test("what is written by hand becomes the plainest request that it answers", async () => {
  using stack = new DisposableStack();
  const root = folderOf(stack, {
    "products/1.json": '{ "id": 1 }',
    "products#limit=10.json": "[]",
    "lists/ten.http":
      "GET /lists?b=2&a=1&* HTTP/1.1\nAccept: text/csv\n\nHTTP/1.1 200 OK\nContent-Type: text/csv\n\na,b",
    "orders.POST.http": "201",
    "gone.http": "410",
  });
  const { entries, written } = await exported(root, { origin: new URL("https://shop.example/v1") });
  expect(written).toBe(5);
  const told = exchanges(entries).map(({ request, response }) => [
    ...[request.method, request.url.href, [...request.fields].join(), response.status],
    ...[response.fields.get("content-type"), new TextDecoder().decode(response.content)],
  ]);
  expect(told).toEqual([
    ["GET", "https://shop.example/v1/gone", "", 410, null, ""],
    ["GET", "https://shop.example/v1/lists?a=1&b=2", "accept,text/csv", 200, "text/csv", "a,b"],
    ["POST", "https://shop.example/v1/orders", "", 201, null, ""],
    ["GET", "https://shop.example/v1/products?limit=10", "", 200, "application/json", "[]"],
    ["GET", "https://shop.example/v1/products/1", "", 200, "application/json", '{ "id": 1 }'],
  ]);
});

test("of what is of more than one exchange, or broken, nothing is made", async () => {
  using stack = new DisposableStack();
  const root = folderOf(stack, {
    "a.http": "200",
    "p/[id].json": "1",
    "q.http": "GET /q?page=* HTTP/1.1\n\nHTTP/1.1 200 OK\n\nx",
    "f.http": "GET /f HTTP/1.1\nAccept: *\n\nHTTP/1.1 200 OK\n\nx",
    "t.http": "# @template\n{{uuid}}",
    "broken.http": "HTTP/1.1 999 What",
    "gone.http": "# @body gone.bin\nHTTP/1.1 200 OK\n",
  });
  expect(await exported(root)).toMatchObject({
    written: 1,
    left: ["f.http", "p/[id].json", "q.http", "t.http"],
    faults: [expect.stringContaining("broken.http:1"), expect.stringContaining("gone.bin")],
  });
});

test("only what begins with a path", async () => {
  using stack = new DisposableStack();
  const { entries } = await exported(folderOf(stack, { "a/b.json": "1", "c.json": "2" }), { prefix: "/a/" });
  expect(exchanges(entries).map(({ request }) => request.url.pathname)).toEqual(["/a/b"]);
});

test("secrets that somebody wrote by hand are replaced by pseudonyms, unless they are wanted", async () => {
  using stack = new DisposableStack();
  const root = folderOf(stack, {
    "login.http":
      'GET /login?api_key=9f8e7d6c5b4a3f2e HTTP/1.1\nAuthorization: Bearer 9f8e7d6c5b4a3f2e\n\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n{"password":"correct horse 9"}',
  });
  const text = JSON.stringify((await exported(root)).entries);
  expect(text).toContain("Bearer pseudonym_");
  for (const secret of ["9f8e7d6c5b4a3f2e", "correct horse"]) expect(text).not.toContain(secret);
  const shown = JSON.stringify((await exported(root, { veil: undefined })).entries);
  for (const secret of ["9f8e7d6c5b4a3f2e", "correct horse"]) expect(shown).toContain(secret);
});

test("a stream comes back with its times", async () => {
  using stack = new DisposableStack();
  const events =
    "# @stream\nGET /events HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n# +120ms\ndata: ä\n\n# +1s\n: end\n\n# +50ms\n\n";
  const root = folderOf(stack, { "events.http": events });
  const { entries } = await exported(root);
  expect(entries).toMatchObject([
    { time: 1170, timings: { receive: 1170 }, response: { content: { text: "data: ä\n\n: end\n\n" } } },
  ]);
  const other = scratch(stack);
  await imported(entries, other);
  expect(filesIn(other)["events.http"]).toBe(filesIn(root)["events.http"]);
});

test("a folder that is not there is said to be so", () => {
  expect(exported("/none/such")).rejects.toThrow("--fixtures /none/such is not there");
});
