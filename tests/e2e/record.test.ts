import { describe, expect, test } from "bun:test";
import { connect, createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { examined } from "../../src/fixtures/examine.ts";
import { secretNames } from "../../src/http/secret-names.ts";
import { filesIn } from "../recording/recording.ts";
import { scratch } from "../store/scratch.ts";
import { origin } from "./origin.ts";
import { startRecording } from "./recording-proxy.ts";

const jwt = (claims: object): string =>
  [{ alg: "HS256" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")
    .concat(".c2lnbmF0dXJl");

/** Hands out tokens, and knows who has them; each login gives others. */
function shop(stack: AsyncDisposableStack) {
  const users = new Map<string, string>();
  let logins = 0;
  let price: unknown = 10;
  const secrets: string[] = ["pa55-of-ann", "pa55-of-bob"];
  const at = origin(stack, async (request) => {
    const url = new URL(request.url);
    switch (url.pathname) {
      case "/login": {
        const { user } = JSON.parse(await request.text());
        const now = 1_700_000_000 + logins++;
        const token = jwt({ sub: user, iat: now, exp: now + 3600, jti: String(logins) });
        const refreshToken = `r3fresh-${logins}-of-${user}`;
        const session = `s3ss-${logins}-${user}-x`;
        users.set(`Bearer ${token}`, user);
        secrets.push(token, refreshToken, session);
        return Response.json({ user, token, refreshToken }, { headers: { "set-cookie": `sid=${session}; HttpOnly` } });
      }
      case "/me": {
        const user = users.get(request.headers.get("authorization") ?? "");
        return user === undefined ? new Response("who?", { status: 401 }) : Response.json({ user, price });
      }
      case "/zipped":
        return new Response(gzipSync("a".repeat(100)), {
          headers: { "content-encoding": "gzip", "content-type": "text/plain" },
        });
      case "/events":
        return new Response(
          async function* () {
            for (const n of [1, 2, 3]) yield `data: {"n":${n}}\n\n`;
          },
          { headers: { "content-type": "text/event-stream" } },
        );
      default:
        return new Response(url.pathname, { headers: { "cache-control": "max-age=60" } });
    }
  });
  return { ...at, secrets, setPrice: (to: unknown) => (price = to) };
}

const logIn = (url: string, user: string): Promise<Response> =>
  fetch(`${url}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user, password: `pa55-of-${user}` }),
  });

const me = (url: string, token: string): Promise<Response> =>
  fetch(`${url}/me`, { headers: { authorization: `Bearer ${token}` } });

const tokenOf = async (response: Response): Promise<string> =>
  /"token":\s*"([^"]+)"/.exec(await response.text())?.[1] ?? "";

describe("a recorded session", () => {
  test("is replayed without the origin, to who has the real tokens, the replayed ones or others", async () => {
    await using stack = new AsyncDisposableStack();
    const root = scratch(stack);
    const { url, seen, secrets } = shop(stack);
    const recorder = startRecording(stack, url, root);
    const token = await tokenOf(await logIn(recorder.url, "ann"));
    expect(await (await me(recorder.url, token)).json()).toEqual({ user: "ann", price: 10 });
    expect((await me(recorder.url, "n0-such-token-1")).status).toBe(401);
    await (await fetch(`${recorder.url}/zipped`)).text();
    const events = await (await fetch(`${recorder.url}/events`)).text();
    await (await fetch(`${recorder.url}/plain`, { method: "HEAD" })).text();
    await recorder.written();
    expect([recorder.errors, recorder.report()]).toMatchObject([[], { written: 5, unrecorded: { error: 1 } }]);
    const written = JSON.stringify(filesIn(root));
    for (const secret of secrets) expect(written).not.toContain(secret);
    expect(await examined(root, secretNames([]))).toEqual({ fixtures: 5, findings: [] });

    const before = seen.length;
    const replay = startRecording(stack, url, root, {}, "read");
    const given = await tokenOf(await logIn(replay.url, "ann"));
    expect(JSON.parse(Buffer.from(given.split(".")[1] ?? "", "base64url").toString())).toMatchObject({
      sub: "ann",
      exp: 4_102_444_800,
    });
    for (const each of [given, token, "any"]) {
      expect(await (await me(replay.url, each)).json()).toEqual({ user: "ann", price: 10 });
    }
    expect(await (await fetch(`${replay.url}/zipped`)).text()).toBe("a".repeat(100));
    expect(await (await fetch(`${replay.url}/events`)).text()).toBe(events);
    expect(await (await fetch(`${replay.url}/plain`)).text()).toBe("/plain");
    expect(seen.length).toBe(before);
  });

  test("tells users apart, and their logins from day to day not", async () => {
    await using stack = new AsyncDisposableStack();
    const root = scratch(stack);
    const { url, seen } = shop(stack);
    const first = startRecording(stack, url, root);
    const [ann, bob] = [await tokenOf(await logIn(first.url, "ann")), await tokenOf(await logIn(first.url, "bob"))];
    await (await me(first.url, ann)).text();
    await first.written();
    expect(await (await me(first.url, bob)).json()).toMatchObject({ user: "bob" });
    await first.written();
    const files = filesIn(root);
    expect(Object.keys(files).filter((file) => file.startsWith("me")).length).toBe(2);
    const before = seen.length;
    const again = startRecording(stack, url, root);
    for (const user of ["ann", "bob"]) {
      const token = await tokenOf(await logIn(again.url, user));
      expect(await (await me(again.url, token)).json()).toMatchObject({ user });
    }
    expect([seen.length, filesIn(root)]).toEqual([before, files]);
  });

  test("is refreshed, with a summary of what has changed", async () => {
    await using stack = new AsyncDisposableStack();
    const root = scratch(stack);
    const { url, setPrice } = shop(stack);
    const session = async (at: string): Promise<void> => {
      const token = await tokenOf(await logIn(at, "ann"));
      await (await me(at, token)).text();
      await (await fetch(`${at}/events`)).text();
    };
    const first = startRecording(stack, url, root);
    await session(first.url);
    await first.written();
    setPrice("10 €");
    const anew = startRecording(stack, url, root, { record: "all" });
    await session(anew.url);
    await anew.written();
    expect(anew.report()).toMatchObject({
      rewritten: 1,
      unchanged: 2,
      drift: { "me.http": { shape: { changed: ["/price is string instead of number"] } } },
    });
    expect(filesIn(root)["me.http"]).toContain('"price": "10 €"'.replace("€", "\u00e2\u0082\u00ac"));
  });
});

describe("what is not whole", () => {
  test.each([
    ["is shorter than announced", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"],
    ["lacks its last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
    ["ends with the connection", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc"],
  ])("is not recorded: %s", async (_, bytes) => {
    await using stack = new AsyncDisposableStack();
    const root = scratch(stack);
    const server = createServer((socket) => socket.on("error", () => undefined).once("data", () => socket.end(bytes)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stack.defer(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const proxy = startRecording(stack, `http://127.0.0.1:${port}`, root);
    await fetch(`${proxy.url}/x`)
      .then((response) => response.text())
      .catch(() => undefined);
    await proxy.written();
    expect(Object.keys(filesIn(root))).toEqual([".gitignore", ".secret-key"]);
  });

  test("nor what its client left", async () => {
    await using stack = new AsyncDisposableStack();
    const root = scratch(stack);
    const left = Promise.withResolvers<void>();
    const { url } = origin(stack, (request) => {
      request.signal.addEventListener("abort", () => left.resolve());
      const body = new ReadableStream({
        start: (controller) => controller.enqueue("data: 1\n\n"),
        pull: () => new Promise(() => undefined),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
    const proxy = startRecording(stack, url, root);
    const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
    socket.write("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    socket.destroy();
    await left.promise;
    await proxy.written();
    expect([Object.keys(filesIn(root)), proxy.report().unrecorded]).toEqual([
      [".gitignore", ".secret-key"],
      { incomplete: 1 },
    ]);
  });
});
