import { Database } from "bun:sqlite";
import { join } from "node:path";
import { cacheKey } from "../../../src/caching/key.ts";
import { hashOf, namespaceOf } from "../../../src/store/namespace.ts";
import { sealed, sealOf, unsealed, writeHead } from "../../../src/store/portable.ts";
import { openStore } from "../../store/redis/opened.ts";
import { startRedis } from "../../store/redis-server.ts";
import { scratch } from "../../store/scratch.ts";
import { stored as sketched } from "../../store/stored.ts";
import { answerTo, askCleanly, CLEAN_HOST } from "../exchange.ts";
import { drawJson } from "../json-grammar.ts";
import { type Watched, watchedProxy } from "../proxy-process.ts";
import type { Random } from "../random.ts";
import { contentFor, type SoundOrigin, soundOrigin } from "../sound-origin.ts";
import { Finding, holds, type Input, shown, type Target } from "../target.ts";

/** What stands for a case's own in a head that is drawn. */
const SAMPLE = {
  site: "http://api.example.com",
  path: "/sample",
  at: 1_234_567_890_123,
  size: 4242,
  hash: "sample0hash",
};
const HEAD: Json = JSON.parse(
  unsealed(
    writeHead(
      {
        ...sketched({
          path: SAMPLE.path,
          at: SAMPLE.at,
          headers: [
            ["etag", '"one"'],
            ["content-type", "text/plain"],
            ["cache-tag", "a"],
          ],
        }),
        publicOrigin: `http://${CLEAN_HOST}`,
      },
      SAMPLE,
    ),
  ) ?? "null",
);

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const COLUMNS = ["key", "epoch", "sent_at", "until", "used", "bytes", "size", "hash", "file"];
const VALUES = [
  "",
  "x",
  "-1",
  "0",
  "1e400",
  "9223372036854775807",
  "../../etc/passwd",
  "/etc/passwd",
  "\0",
  "http://a/b",
  "NaN",
];
const WORDS = [
  ...'{}[],:"\\ 0-.eE',
  "null",
  "\\u0000",
  "\\r\\n",
  "\\ud800",
  "content-length",
  "transfer-encoding",
  "headers",
  "200",
  "1e999",
];
const NAMES = [
  "key",
  "headers",
  "status",
  "directives",
  "lifetime",
  "selecting",
  "groups",
  "etag",
  "contentRange",
  "first",
  "last",
  "date",
];
const REQUESTS: readonly (readonly [method: string, fields: string])[] = [
  ["GET", ""],
  ["HEAD", ""],
  ["GET", "Range: bytes=2-5,0-0\r\n"],
  ["GET", 'If-None-Match: "one"\r\n'],
  ["GET", "Cache-Control: max-age=0\r\n"],
  ["GET", "Cache-Control: only-if-cached, max-stale\r\n"],
];

/** Where a stored response lies. */
type Place = {
  readonly watched: Watched;
  readonly origin: SoundOrigin;
  /** Has a response lie there whose head is this text; what else is changed goes by `spoils`. */
  readonly plant: (path: string, head: string, body: Blob, spoils: readonly string[]) => Promise<unknown>;
};

/** What others wrote into the stores that the proxy reads from: rows of SQLite, values of Redis, also by who knows the seal. */
export const stored: Target = {
  name: "stored",
  beside: 4,
  short: 60,
  draw(random) {
    const changed = JSON.stringify(another(random, HEAD));
    const text = random.make([
      () => changed,
      () => changed,
      () => random.mutated(JSON.stringify(HEAD), WORDS),
      () => drawJson(random, NAMES, VALUES),
    ]);
    const seal = random.pick(["sealed", "sealed", "sealed", "as it was"]);
    const spoils = random.chance(0.7) ? [] : [random.pick(COLUMNS), random.pick(VALUES)];
    return [random.pick(["sqlite", "redis"]), seal, text, ...spoils];
  },
  async start(stack) {
    const places: Readonly<Record<string, Place>> = { sqlite: await inSqlite(stack), redis: await inRedis(stack) };
    const counts: Record<string, number> = {};
    return {
      async play([tier = "", seal = "", text = "", ...spoils]: Input) {
        const place = places[tier];
        if (place === undefined) throw new Error(`there is no tier ${tier}`);
        const { watched, origin, plant } = place;
        const path = `/st/${crypto.randomUUID()}`;
        const right = contentFor(path, CLEAN_HOST);
        const body = new Blob([right]);
        const { size, hash } = await sealOf(body);
        const own = (head: string): string =>
          head
            .replaceAll(SAMPLE.site, origin.url)
            .replaceAll(SAMPLE.path, path)
            .replaceAll(String(SAMPLE.at), String(Date.now()))
            .replaceAll(`"size":${SAMPLE.size}`, `"size":${size}`)
            .replaceAll(SAMPLE.hash, hash);
        const changed = own(text);
        const head =
          seal === "sealed" ? sealed(changed) : sealed(own(JSON.stringify(HEAD))).replace(/\{.*/s, () => changed);
        await plant(path, head, body, spoils);
        for (const [method, fields] of REQUESTS) {
          const request = `${method} ${path} HTTP/1.1\r\nHost: ${CLEAN_HOST}\r\nConnection: close\r\n${fields}\r\n`;
          const answer = await answerTo(watched.proxy.port, request);
          watched.isWell();
          if (answer === undefined) throw new Finding(`${method} ${path} ${fields} is not answered`);
          const status = answer.start.slice(9, 12);
          const how = `${tier} ${answer.fields.find(([name]) => name === "x-cache")?.[1]}`;
          counts[how] = (counts[how] ?? 0) + 1;
          holds(status !== "500", () => `${method} ${fields} is answered by ${answer.start} ${shown(answer.content)}`);
          const isOther = status === "200" && method === "GET" && answer.content !== right;
          holds(!isOther, () => `${shown(fields)} is answered by ${shown(answer.content)} instead of ${shown(right)}`);
        }
        for (const fault of origin.faults()) throw new Finding(fault);
        const clean = await askCleanly(watched.proxy.port, "/known");
        holds(clean.content === contentFor("/known", CLEAN_HOST), () => `a clean client gets ${shown(clean.content)}`);
      },
      async yardstick() {
        for (const { watched } of Object.values(places)) await askCleanly(watched.proxy.port, "/known");
      },
      async inspect() {
        for (const { watched } of Object.values(places)) watched.isModest();
      },
      counted: () => ({
        ...counts,
        "most MB": Math.max(...Object.values(places).map(({ watched }) => watched.mostMegabytes())),
      }),
    };
  },
};

/** A JSON value with something in it that is another one. */
function another(random: Random, value: Json): Json {
  if (typeof value !== "object" || value === null || random.chance(0.1)) return junk(random, value);
  const entries = Object.entries(value);
  const [name, chosen] = entries.length === 0 ? ["a", null] : random.pick(entries);
  const changed = entries.flatMap(([each, one]): [string, Json][] => {
    if (each !== name) return [[each, one]];
    return random.chance(0.1) ? [] : [[each, another(random, chosen)]];
  });
  return Array.isArray(value) ? changed.map(([, one]) => one) : Object.fromEntries(changed);
}

function junk(random: Random, value: Json): Json {
  return random.make<Json>([
    () => random.pick([null, true, 0, -1, 1.5, 1e308, "", "x", "__proto__", [], {}, [[]], "\r\nX-Evil: 1", "\0", "é"]),
    () => random.pick(VALUES),
    () => [value, value],
    () => ({ value }),
    () =>
      typeof value === "number" ? value * random.pick([-1, 0, 2, 1e9, 1e300]) : String(value).repeat(random.below(3)),
    () => random.words(WORDS, 4),
  ]);
}

async function inSqlite(stack: AsyncDisposableStack): Promise<Place> {
  const origin = await soundOrigin(stack);
  const path = join(scratch(stack), "cache.db");
  const watched = await watchedProxy(stack, origin.url, `--timeout 2s --store sqlite:${path}`);
  const db = new Database(path);
  stack.defer(() => db.close());
  db.run("PRAGMA busy_timeout = 10000");
  return {
    watched,
    origin,
    async plant(target, head, body, [column, value]) {
      const { size, hash } = await sealOf(body);
      const bytes = await body.bytes();
      const now = Date.now();
      db.transaction(() => {
        const { lastInsertRowid: id } = db.run(
          "INSERT INTO entries (key, epoch, sent_at, until, used, bytes, size, hash) VALUES (?, 'others', 0, ?, ?, ?, ?, ?)",
          [cacheKey(new URL(target, origin.url)), now + 60_000, now, 1000, size, hash],
        );
        db.run("INSERT INTO contents (id, head, body) VALUES (?, ?, ?)", [id, head, bytes]);
        if (column !== undefined) db.run(`UPDATE entries SET ${column} = ? WHERE id = ?`, [value ?? null, id]);
      }).immediate();
    },
  };
}

async function inRedis(stack: AsyncDisposableStack): Promise<Place> {
  const origin = await soundOrigin(stack);
  const redis = await startRedis(stack);
  const flags = `--timeout 2s --store redis://127.0.0.1:${redis.port}`;
  const watched = await watchedProxy(stack, origin.url, flags, {}, /Redis at .* (?:cannot be reached|answers again)/);
  const namespace = namespaceOf(new URL(origin.url));
  const clock = () => ({ wall: Date.now(), steady: performance.now() });
  const { store } = await openStore(stack, redis.url, namespace, undefined, clock);
  const raw = new Bun.RedisClient(redis.url);
  stack.defer(() => raw.close());
  return {
    watched,
    origin,
    async plant(target, head, body, [where, value = ""]) {
      const key = cacheKey(new URL(target, origin.url));
      await store.put({ ...sketched({ path: target, at: Date.now() }), key, body, groups: [] });
      const name = `caching-proxy:1:${namespace}:v:${hashOf(key)}`;
      const [entry] = Object.entries<string>(await raw.hgetall(name));
      if (entry === undefined) throw new Error(`Redis has nothing of ${target}`);
      const [id, text] = entry;
      const lines = text.split("\n");
      const changed = [...lines.slice(0, 2), head].join("\n");
      await raw.hset(
        name,
        id,
        where === undefined ? changed : where < "f" ? `${value}${changed}` : changed.replace(/\S+/, value),
      );
    },
  };
}
