import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import ky from "ky";
import { filesIn } from "../recording/recording.ts";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { Lines } from "./lines.ts";
import { type RunningProxy, startProxy } from "./proxy.ts";

const shared = cleanup();

type Answer = {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly text: string;
};

type Client = (method: string, url: string, body?: string) => Promise<Answer>;

const byFetch: Client = async (method, url, body) => answerOf(await fetch(url, init(method, body)));
const byKy: Client = async (method, url, body) =>
  answerOf(await ky(url, { ...init(method, body), throwHttpErrors: false, retry: 0, timeout: false }));

/** Clients as people have them, each with a post of its own. */
const clients: readonly (readonly [name: string, own: number, ask: Client])[] = [
  ["fetch", 1, byFetch],
  ["ky", 2, byKy],
  ["node:http of Node", 3, nodeClient("http")],
  ["undici of Node", 4, nodeClient("undici")],
];

function init(method: string, body: string | undefined) {
  return body === undefined ? { method } : { method, body, headers: { "content-type": "application/json" } };
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, fields: Object.fromEntries(response.headers), text: await response.text() };
}

/** A process of Node that asks what it is told to. */
function nodeClient(by: "http" | "undici"): Client {
  const child = Bun.spawn(["node", join(import.meta.dir, "node-client.mjs"), by], {
    ...({ stdin: "pipe", stdout: "pipe", stderr: "inherit" } as const),
  });
  shared.defer(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  const lines = new Lines(child.stdout);
  let count = 0;
  return async (...question) => {
    const number = ++count;
    child.stdin.write(`${JSON.stringify([number, ...question])}\n`);
    await child.stdin.flush();
    const line = await lines.find((text) => text.startsWith(`${number} `));
    return JSON.parse(line.slice(line.indexOf(" ")));
  };
}

const post = (id: number) => ({ id, title: `Post ${id}`, views: id * 10 });

/** A json-server with posts 1 to 9. */
async function mockApi(manner: "as-told" | "as-it-comes") {
  const database = join(scratch(shared), "db.json");
  const posts = Array.from({ length: 9 }, (_, i) => post(i + 1));
  await Bun.write(database, JSON.stringify({ posts, comments: [{ id: 1, postId: 1, body: "nice" }] }));
  const script = join(import.meta.dir, "mock-api.mjs");
  const child = Bun.spawn([process.execPath, "--no-env-file", script, database, manner], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
  };
  shared.defer(stop);
  return { url: await new Lines(child.stdout).find((line) => line.startsWith("http")), stop };
}

const told = ({ fields, text, status }: Answer): unknown => [
  fields["x-cache"],
  status,
  text === "" ? "" : JSON.parse(text),
];

describe("json-server, which states no lifetime", () => {
  let proxy: RunningProxy;
  beforeAll(async () => {
    proxy = await startProxy(shared, (await mockApi("as-told")).url, "--log off");
  });

  test.each(clients)("%s: a second GET is a HIT, and so is a HEAD", async (_, own, ask) => {
    const url = `${proxy.url}/posts/${own}?_embed=comments`;
    const first = await ask("GET", url);
    expect(first.fields["x-cache"]).toBe("MISS");
    const second = await ask("GET", url);
    expect(told(second)).toEqual(["HIT", 200, JSON.parse(first.text)]);
    expect(second.fields["x-asked"]).toBe(first.fields["x-asked"]);
    expect(told(await ask("HEAD", url))).toEqual(["HIT", 200, ""]);
  });

  test.each(clients)("%s: POST, PUT and DELETE invalidate what they change", async (_, own, ask) => {
    const id = 100 + own;
    const [list, one] = [`${proxy.url}/posts`, `${proxy.url}/posts/${id}`];
    await ask("GET", list);
    expect((await ask("GET", list)).fields["x-cache"]).toBe("HIT");
    const created = await ask("POST", list, JSON.stringify(post(id)));
    expect([created.status, created.fields.location]).toEqual([201, expect.stringContaining(`/posts/${id}`)]);
    const relisted = await ask("GET", list);
    expect([relisted.fields["x-cache"], JSON.parse(relisted.text).at(-1)]).toEqual(["MISS", post(id)]);
    expect(told(await ask("GET", one))).toEqual(["MISS", 200, post(id)]);
    expect(told(await ask("GET", one))).toEqual(["HIT", 200, post(id)]);
    const changed = { ...post(id), title: "Changed" };
    expect((await ask("PUT", one, JSON.stringify(changed))).status).toBe(200);
    expect(told(await ask("GET", one))).toEqual(["MISS", 200, changed]);
    expect((await ask("DELETE", one)).status).toBe(200);
    expect((await ask("GET", one)).status).toBe(404);
  });

  test("what a client has already is not sent again", async () => {
    const url = `${proxy.url}/posts?_page=2&_limit=3`;
    const first = await fetch(url);
    expect([first.headers.get("x-total-count"), first.headers.get("link")]).toEqual([
      expect.stringMatching(/^\d+$/),
      expect.stringContaining("_page=1"),
    ]);
    const etag = first.headers.get("etag") ?? "";
    const again = await fetch(url, { headers: { "if-none-match": etag } });
    expect([again.status, again.headers.get("x-cache"), await again.text()]).toEqual([304, "HIT", ""]);
  });
});

test("as it comes it says no-cache: each answer is validated, and comes from here", async () => {
  const proxy = await startProxy(shared, (await mockApi("as-it-comes")).url, "--log off");
  const ask = async () => answerOf(await fetch(`${proxy.url}/posts/1`));
  const [first, second] = [await ask(), await ask()];
  expect([told(first), told(second)]).toEqual([
    ["MISS", 200, post(1)],
    ["REVALIDATED", 200, post(1)],
  ]);
});

test("recorded from it by real clients, the fixtures answer them without it", async () => {
  const api = await mockApi("as-it-comes");
  const root = scratch(shared);
  const recording = await startProxy(shared, api.url, `--log off --fixtures ${root}`);
  const questions: readonly (readonly [string, string, string?])[] = [
    ["GET", "/posts/1"],
    ["GET", "/posts?_page=1&_limit=2"],
    ["POST", "/comments", '{"postId":1,"body":"mine"}'],
    ["PUT", "/posts/2", JSON.stringify({ ...post(2), title: "Changed" })],
    ["DELETE", "/posts/3"],
  ];
  const asked = async (proxy: RunningProxy, ask: Client): Promise<readonly unknown[]> => {
    const answers: unknown[] = [];
    for (const [method, path, body] of questions) {
      const { status, text } = await ask(method, proxy.url + path, body);
      answers.push([method, path, status, JSON.parse(text)]);
    }
    return answers;
  };
  const answers = await asked(recording, byFetch);
  recording.signal("SIGTERM");
  expect(await recording.exited).toBe(0);
  await api.stop();
  expect(Object.keys(filesIn(root)).filter((file) => file.endsWith(".http"))).toEqual([
    expect.stringMatching(/^comments\.POST~[\da-f]{8}\.http$/),
    "posts#_limit=2&_page=1.http",
    "posts/1.http",
    expect.stringMatching(/^posts\/2\.PUT~[\da-f]{8}\.http$/),
    "posts/3.DELETE.http",
  ]);
  const frozen = await startProxy(shared, api.url, `--log off --frozen --fixtures ${root}`);
  for (const [, , ask] of clients) expect(await asked(frozen, ask)).toEqual(answers);
  frozen.signal("SIGTERM");
  expect(await frozen.exited).toBe(0);
});
