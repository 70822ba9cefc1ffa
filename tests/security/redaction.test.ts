import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { origin } from "../e2e/origin.ts";
import { ask, type RunningProxy, runCommand, startProxy } from "../e2e/proxy.ts";
import { startRedis } from "../store/redis-server.ts";
import { scratch } from "../store/scratch.ts";

const stack = cleanup();
const stub = origin(stack, (request) => {
  if (new URL(request.url).pathname === "/slow") return new Promise<Response>(() => undefined);
  const headers = { "cache-control": "max-age=60", "set-cookie": "sid=Planted0cookie0ofthe0origin; Path=/" };
  return new Response("content", { headers });
});

/** In a client's URL. */
const IN_URL = "Planted1in0url0x9";
/** In a client's fields. */
const IN_FIELDS = ["Planted2basic0zz9", "Planted3cookie0z9", "Planted4key0zzzz9", "Planted5referer0z"];
/** Of the proxy itself. */
const STORE = "Planted6store0zzz";
const TOKEN = "Planted7token0zzz";
const ENVIRONMENT = "Planted8env0zzzzz";
const COOKIE = "Planted0cookie0ofthe0origin";
const OWN = [STORE, TOKEN, ENVIRONMENT, ...IN_FIELDS, COOKIE];
const ALL = [IN_URL, ...OWN];

const JWT = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify({ sub: IN_URL })).toString("base64url")}.c2ln`;
const PATHS = [
  `/a?api_key=${IN_URL}&page=2`,
  `/a?page=2&accessToken=${IN_URL}`,
  `/a?sig=${IN_URL}`,
  `/callback?code=${IN_URL}&state=${IN_URL}`,
  `/next?to=${encodeURIComponent(`https://h/?token=${IN_URL}`)}`,
  `/cart;jsessionid=${IN_URL}`,
  `/jwt/${JWT}`,
  `/slow?password=${IN_URL}`,
];
const FIELDS = {
  authorization: `Basic ${IN_FIELDS[0]}`,
  cookie: `sid=${IN_FIELDS[1]}`,
  "x-api-key": IN_FIELDS[2] ?? "",
  referer: `http://h/p?access_token=${IN_FIELDS[3]}`,
};

/** Asks for all that is planted: what is stored, what is not, what fails. @returns the bodies */
async function exercise(proxy: RunningProxy): Promise<string> {
  const texts: string[] = [];
  for (const path of PATHS) {
    for (const headers of [{ referer: FIELDS.referer }, { referer: FIELDS.referer }, FIELDS]) {
      texts.push(await (await ask(proxy, path, { headers })).text());
    }
  }
  await (await ask(proxy, PATHS[0] ?? "", { method: "POST", body: "x", headers: FIELDS })).text();
  return texts.join("\n");
}

async function stopped(proxy: RunningProxy): Promise<string> {
  proxy.signal("SIGTERM");
  await proxy.exited;
  return [...proxy.stdout.all, ...proxy.stderr.all].join("\n");
}

function expectNone(text: string, secrets: readonly string[], where: string): void {
  expect({ where, found: secrets.filter((secret) => text.includes(secret)) }).toEqual({ where, found: [] });
  expect({ where, jwt: text.includes(JWT) }).toEqual({ where, jwt: false });
}

const AUTHORIZED = { headers: { authorization: `Bearer ${TOKEN}` } };

async function said(proxy: RunningProxy, path: string, init: RequestInit = AUTHORIZED): Promise<string> {
  const response = await ask(proxy, `/__admin/${path}`, init);
  return JSON.stringify([...response.headers]) + (await response.text());
}

/** The first piece of a stream that has more to tell than hello. */
async function streamed(proxy: RunningProxy, path: string): Promise<string> {
  const response = await ask(proxy, `/__admin/${path}`, AUTHORIZED);
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk);
    if (/event: (?:exchanges|paths)\n[\s\S]*\n\n/.test(text)) break;
  }
  return text;
}

test.each(["json", "pretty", "common", "combined"])(
  "a log that is %s has no secret of a URL or a field",
  async (format) => {
    const proxy = await startProxy(stack, stub.url, `--timeout 50ms --log ${format}`);
    expectNone(await exercise(proxy), [IN_URL], "bodies");
    const text = await stopped(proxy);
    expectNone(text, ALL, format);
    expect(text).toContain("/a?api_key=***&page=2");
  },
);

test("nor has a log file, nor what is said beside one", async () => {
  const file = join(scratch(stack), "access.log");
  const proxy = await startProxy(stack, stub.url, `--timeout 50ms --log-file ${file}`);
  await exercise(proxy);
  expectNone(await stopped(proxy), ALL, "output");
  const logged = readFileSync(file, "utf8");
  expect(logged).toContain("/a?api_key=***&page=2");
  expectNone(logged, ALL, "file");
});

test("what is a secret besides is masked as well, and what is none is not", async () => {
  const proxy = await startProxy(stack, stub.url, "--log json --secret iban,!code");
  await (await ask(proxy, "/a?iban=DE02120300000000202051&code=Hx73kd93kdmNs0")).text();
  expect(await said(proxy, "recent", {})).toContain("/a?iban=***&code=Hx73kd93kdmNs0");
  expect(await stopped(proxy)).toContain('"path":"/a?iban=***&code=Hx73kd93kdmNs0"');
});

test("nor does a lane, or what is said where nothing may be asked", async () => {
  const proxy = await startProxy(stack, stub.url, "--log json --offline");
  const texts: string[] = [];
  for (const path of PATHS)
    texts.push(await (await ask(proxy, path, { headers: { ...FIELDS, "x-lane": "t1" } })).text());
  expectNone(texts.join("\n"), ALL, "bodies");
  expect(texts[0]).toContain("nothing answers GET /a?api_key=***&page=2");
  const lane = await said(proxy, "lanes/t1/requests", {});
  expect(lane).toContain("/a?api_key=***&page=2");
  expectNone(lane, ALL, "lane");
});

describe("with a Redis that wants a password, an admin token and proxies in the environment", async () => {
  const redis = await startRedis(stack, { flags: ["--requirepass", STORE] });
  const flags = `--timeout 50ms --log json --store redis://:${STORE}@127.0.0.1:${redis.port} --workers 2`;
  const proxy = await startProxy(stack, stub.url, flags, {
    env: {
      CACHING_PROXY_ADMIN_TOKEN: TOKEN,
      HTTP_PROXY: `http://user:${ENVIRONMENT}@127.0.0.1:1`,
      HTTPS_PROXY: `http://user:${ENVIRONMENT}@127.0.0.1:1`,
    },
  });
  await exercise(proxy);

  test.each([
    "stats",
    "metrics",
    "recent?limit=100",
    "recent?limit=100&filter=path~api_key",
    "history",
    "rules",
    "fixtures",
    "lanes",
    "export",
    "",
    "no-such-path",
    "recent?filter=%28",
  ])("%j of the admin paths tells none of them", async (path) => {
    const text = await said(proxy, path);
    expect(text.length).toBeGreaterThan(100);
    expectNone(text, ALL, path);
  });

  test.each(["events?backlog=100", "events?view=paths"])("%s tells none of them", async (path) => {
    const asking = path.includes("paths") ? Bun.sleep(300).then(() => exercise(proxy)) : undefined;
    const text = await streamed(proxy, path);
    await asking;
    expect(text).toContain("/a");
    expectNone(text, ALL, path);
  });

  test("who asks for exactly one URL is told of that, and of nothing else", async () => {
    const url = encodeURIComponent(PATHS[0] ?? "");
    for (const path of [`explain?url=${url}`, `entries?url=${url}`, "entries", "recent?secrets=shown&limit=100"]) {
      const text = await said(proxy, path);
      expect(text).toContain(IN_URL);
      expectNone(text.replaceAll(JWT, ""), OWN, path);
    }
  });

  test("an archive whose URLs were masked is taken for what it is", async () => {
    const archive = await (await ask(proxy, "/__admin/export", AUTHORIZED)).text();
    expect(archive).toContain("/a?accessToken=***&page=2");
    const answer = await said(proxy, "import", { ...AUTHORIZED, method: "POST", body: archive });
    expect(answer).toContain('"hidden":');
    expect(answer).toContain('"stored":0');
  });

  test("tail prints none of them", async () => {
    const env = { CACHING_PROXY_ADMIN_TOKEN: TOKEN };
    const tail = runCommand(stack, ["tail", "--port", String(proxy.port)], { env });
    await Bun.sleep(500);
    await exercise(proxy);
    expect(await tail.stdout.find((line) => line.includes("/a?api_key=***"))).not.toContain(IN_URL);
    tail.signal("SIGINT");
    await tail.exited;
    expectNone([...tail.stdout.all, ...tail.stderr.all].join("\n"), ALL, "tail");
  });

  test("and neither standard output nor standard error has any of them, when Redis is gone as well", async () => {
    await redis.kill();
    await exercise(proxy);
    const text = await stopped(proxy);
    expect(text).toContain("Redis at 127.0.0.1");
    expectNone(text, ALL, "output");
  });
});

test.each([
  ["--origin", `http://user:${STORE}@h`],
  ["--origin", `user:${STORE}@h`],
  ["--origin", `http://h/?api_key=${STORE}`],
  ["--origin", `ftp://user:${STORE}@h`],
  ["--store", `redis://:${STORE}@h/not-a-number`],
  ["--store", `redis://:${STORE}`],
  ["--store", `mysql://root:${STORE}@h`],
  ["--store", `rediss://u:${STORE}@[bad`],
  ["--admin-token", `${STORE} with spaces`],
])("%s %s is refused without being repeated", async (flag, value) => {
  const origins = flag === "--origin" ? [] : ["--origin", stub.url];
  const command = runCommand(stack, ["--port", "0", ...origins, flag, value]);
  expect(await command.exited).toBe(2);
  const text = [...command.stdout.all, ...command.stderr.all].join("\n");
  expect(text.length).toBeGreaterThan(20);
  expectNone(text, [STORE], flag);
});

describe("an error", () => {
  /** Nobody listens there. */
  const DOWN = "http://127.0.0.1:9";
  const at = (proxy: RunningProxy, path: string): Promise<Response> => ask(proxy, path);

  test("tells on loopback what went wrong, and where", async () => {
    const proxy = await startProxy(stack, DOWN, "--log off");
    expect(await (await at(proxy, "/x")).json()).toMatchObject({ origin: DOWN });
  });

  test.each([
    ["down", DOWN, "/x", 502, "origin-unreachable"],
    ["too slow", stub.url, "/slow", 504, "origin-timeout"],
    ["never asked", DOWN, "/x", 504, "offline"],
  ])("off loopback tells strangers the least where the origin is %s", async (kind, url, path, status, token) => {
    const offline = kind === "never asked" ? " --offline" : "";
    const flags = `--host 0.0.0.0 --admin-token ${TOKEN} --timeout 50ms --log off${offline}`;
    const proxy = await startProxy(stack, url, flags);
    const response = await at(proxy, path);
    expect(response.status).toBe(status);
    expect(response.headers.get("cache-status")).toContain(`detail=${token}`);
    const body = await response.text();
    expect(Object.keys(JSON.parse(body)).sort()).toEqual(["detail", "status", "title", "type"]);
    for (const hidden of ["127.0.0.1", "--", "ms", "refused"]) expect(body).not.toContain(hidden);
    if (kind === "down") {
      expect(await proxy.stderr.find((line) => line.includes("connection refused"))).toContain(DOWN);
    }
  });

  test("off loopback does not name a fixture's file", async () => {
    const folder = scratch(stack);
    await Bun.write(join(folder, "broken.http"), "no status line");
    const flags = `--host 0.0.0.0 --admin-token ${TOKEN} --log off --fixtures ${folder} --record none`;
    const proxy = await startProxy(stack, stub.url, flags);
    const response = await at(proxy, "/broken");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("broken.http");
  });

  test("of the origin itself is passed on as it is", async () => {
    const problem = { title: "Theirs", detail: "As it is" };
    const theirs = origin(stack, () =>
      Response.json(problem, { status: 500, headers: { "content-type": "application/problem+json" } }),
    );
    const proxy = await startProxy(stack, theirs.url, `--host 0.0.0.0 --admin-token ${TOKEN} --log off`);
    expect(await (await at(proxy, "/x")).json()).toEqual(problem);
  });
});
