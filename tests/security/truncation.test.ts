import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { ask, outcome, type RunningProxy, startProxy, xCache } from "../e2e/proxy.ts";
import { connect, contentOf, fieldsOf, hasHead, statusOf } from "../e2e/raw.ts";
import { expectUnharmed, type Heard, type KeptOrigin, keptOrigin, settle } from "./victim.ts";

/** Responses that are cut at each of their bytes, for one who asks and two who wait with him: a part is never taken for the whole. */
const shared = cleanup();
let origin: KeptOrigin;
let proxy: RunningProxy;
let answer: (heard: Heard) => Promise<void>;

beforeAll(async () => {
  origin = await keptOrigin(shared, (heard) => (heard.target.startsWith("/cut") ? answer(heard) : undefined));
  proxy = await startProxy(shared, origin.url);
  await settle(proxy);
});

afterEach(() => expectUnharmed(proxy, origin));

const BODY = "hello, world";
const HEAD = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n";
const LARGE = "0123456789abcdef".repeat(16 * 1024);
const ENDINGS = ["close", "reset"] as const;
const CLIENTS = 3;
/** How many cuts are tried beside each other. */
const BATCH = 40;

type Ending = (typeof ENDINGS)[number];

/** Answers with the beginning of a response and nothing more, once the others wait too. */
async function cut({ connection }: Heard, response: string, at: number, ending: Ending): Promise<void> {
  await Bun.sleep(10);
  connection.write(response.slice(0, at));
  if (ending === "close") return connection.end();
  // A reset takes along what has not been read yet.
  await Bun.sleep(5);
  connection.reset();
}

/** What came of a request on a connection of its own, to the end of that. */
async function received(path: string): Promise<string> {
  const client = await connect(shared, proxy.port);
  client.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  await client.closed;
  return client.received;
}

/** The content of a message that a client takes for whole; undefined where it knows better. */
function whole(message: string): string | undefined {
  if (!hasHead(message)) return undefined;
  const content = contentOf(message);
  const length = fieldsOf(message).get("content-length");
  if (length !== null) return content.length === Number(length) ? content : undefined;
  if (fieldsOf(message).get("transfer-encoding") !== "chunked") return content;
  let text = "";
  for (let at = 0; ; ) {
    const line = content.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = Number.parseInt(content.slice(at, line), 16);
    if (size === 0) return content.endsWith("\r\n0\r\n\r\n") ? text : undefined;
    text += content.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}

/**
 * Tries all cuts of a response, and whether the path gives the whole once the origin is well again.
 * @returns how often the origin was asked while it cut
 */
async function tryAll(response: string, cuts: readonly number[], ending: Ending, content: string): Promise<number> {
  const name = `/cut/${crypto.randomUUID()}`;
  let well = false;
  answer = async (heard) => {
    if (well) heard.connection.write(response);
    else await cut(heard, response, Number(heard.target.split("/").at(-1)), ending);
  };
  const before = origin.heard.length;
  for (let from = 0; from < cuts.length; from += BATCH) {
    const batch = cuts.slice(from, from + BATCH);
    const got = await Promise.all(
      batch.flatMap((at) =>
        Array.from({ length: CLIENTS }, async () => [at, await received(`${name}/${at}`)] as const),
      ),
    );
    for (const [at, message] of got) {
      const taken = statusOf(message) === 200 ? whole(message) : undefined;
      expect([at, taken]).toEqual([at, undefined]);
      if (whole(message) !== undefined) expect([at, statusOf(message)]).toEqual([at, 502]);
    }
  }
  const asked = origin.heard.length - before;
  well = true;
  for (let from = 0; from < cuts.length; from += BATCH) {
    const again = await Promise.all(cuts.slice(from, from + BATCH).map((at) => outcome(proxy, `${name}/${at}`)));
    for (const one of again) expect(one).toEqual(["MISS", content]);
  }
  return asked;
}

const upTo = (length: number): number[] => Array.from({ length }, (_, at) => at);

describe.each(ENDINGS)("by a %s", (ending) => {
  test.each([
    ["with a length", `${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY}`],
    ["with a length, of a type", `${HEAD}Content-Type: text/plain\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`],
  ])("%s, at each byte", async (_, response) => {
    // All who ask meet; Bun asks once more where a kept connection broke off before any answer.
    expect(await tryAll(response, upTo(response.length), ending, BODY)).toBeLessThan(response.length * CLIENTS);
  });

  // RFC 9112 §8: the chunk of no size ends the body; what is missing behind it is none of that.
  test.each([
    ["in chunks", `${HEAD}Transfer-Encoding: chunked\r\n\r\n7\r\nhello, \r\n5\r\nworld\r\n0\r\n\r\n`],
    [
      "in chunks, a length beside them",
      `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n${BODY}\r\n0\r\n\r\n`,
    ],
  ])("%s, at each byte", async (_, response) => {
    await tryAll(response, upTo(response.length - "\r\n".length), ending, BODY);
  });

  test.each([
    ["with a length", `${HEAD}Content-Length: ${LARGE.length}\r\n\r\n${LARGE}`],
    ["in chunks", `${HEAD}Transfer-Encoding: chunked\r\n\r\n${LARGE.length.toString(16)}\r\n${LARGE}\r\n0\r\n\r\n`],
  ])("a large one %s, that has begun to pass", async (_, response) => {
    await tryAll(response, [response.length - 6, 200_000, 100_000, 66_000, 20_000, 500], ending, LARGE);
  });

  test("whose end is that of the connection: passed on, since nobody can tell, and never stored", async () => {
    const response = `${HEAD}\r\n${BODY}`;
    answer = (heard) => cut(heard, response, Number(heard.target.split("/").at(-1)), ending);
    const name = `/cut/${crypto.randomUUID()}`;
    await Promise.all(
      upTo(response.length + 1).map(async (at) => {
        for (let i = 0; i < 2; i++) {
          const message = await received(`${name}/${at}`);
          if (statusOf(message) === 200) expect(BODY).toStartWith(whole(message) ?? "");
          if (hasHead(message)) expect(fieldsOf(message).get("x-cache")).toBe("MISS");
        }
      }),
    );
  });

  test("a 304, at each byte: what is stored stays, and as stale as it was", async () => {
    const confirmed = 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nCache-Control: max-age=60\r\n\r\n';
    let well = true;
    answer = async (heard) => {
      if (!/^if-none-match/im.test(heard.head)) {
        heard.connection.write(
          `${HEAD.replace("60", "0, must-revalidate")}ETag: "1"\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
        );
      } else if (well) heard.connection.write(confirmed);
      else await cut(heard, confirmed, Number(heard.target.split("/").at(-1)), ending);
    };
    const paths = upTo(confirmed.length).map((at) => `/cut/${ending}/${at}`);
    await Promise.all(paths.map(async (path) => expect(await outcome(proxy, path)).toEqual(["MISS", BODY])));
    well = false;
    await Promise.all(
      paths.map(async (path) => {
        const response = await ask(proxy, path);
        expect([path, response.status]).toEqual([path, 502]);
      }),
    );
    well = true;
    for (const path of paths) {
      const response = await ask(proxy, path);
      expect([xCache(response), await response.text()]).toEqual(["REVALIDATED", BODY]);
    }
  });
});

describe("a part", () => {
  test.each(ENDINGS)("that a %s cuts is not joined to what is stored", async (ending) => {
    const path = `/cut/${crypto.randomUUID()}/0`;
    const part = (from: number, to: number) =>
      `HTTP/1.1 206 Partial Content\r\nCache-Control: max-age=60\r\nETag: "1"\r\nContent-Range: bytes ${from}-${to}/${BODY.length}\r\n` +
      `Content-Length: ${to - from + 1}\r\n\r\n${BODY.slice(from, to + 1)}`;
    answer = async ({ connection }) => connection.write(part(0, 4));
    const first = { headers: { range: "bytes=0-4" } };
    expect(await outcome(proxy, path, first)).toEqual(["MISS", "hello"]);
    const rest = part(5, BODY.length - 1);
    answer = (heard) => cut(heard, rest, rest.length - 3, ending);
    const got = await received(path);
    expect(statusOf(got)).toBe(502);
    expect(await outcome(proxy, path, first)).toEqual(["HIT", "hello"]);
    answer = async ({ connection }) => connection.write(rest);
    expect((await outcome(proxy, path))[1]).toBe(BODY);
    expect(await outcome(proxy, path)).toEqual(["HIT", BODY]);
  });
});
