import { afterEach, describe, expect, test } from "bun:test";
import manifest from "../package.json" with { type: "json" };
import { serveFlags } from "../src/config/flags.ts";

const root = new URL("..", import.meta.url).pathname;
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function run(line: string, env: Readonly<Record<string, string>> = {}) {
  const args = line === "" ? [] : line.split(" ");
  const child = Bun.spawn(["bun", "--no-env-file", "src/cli.ts", ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { out, err, code };
}

function proxyThatAnswers(answer: (request: Request) => Response): number {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  cleanups.push(() => server.stop(true));
  return server.port ?? 0;
}

function unusedPort(): number {
  const port = proxyThatAnswers(() => new Response());
  for (const cleanup of cleanups.splice(0)) cleanup();
  return port;
}

describe("help and version", () => {
  test.each(["--help", "-h", "help"])("%s lists every flag, plainly", async (line) => {
    const { out, err, code } = await run(line);
    expect({ err, code }).toEqual({ err: "", code: 0 });
    for (const name of Object.keys(serveFlags)) expect(out).toContain(`--${name}`);
    expect(out).not.toContain("\u001B");
  });

  test.each(["--version", "-v"])("%s", async (line) => {
    expect(await run(line)).toEqual({ out: `caching-proxy ${manifest.version}\n`, err: "", code: 0 });
  });
});

test("where nobody can be told what is wrong the exit code says it", async () => {
  const child = Bun.spawn(["sh", "-c", "exec bun --no-env-file src/cli.ts --prot 2> /dev/full"], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "" },
  });
  expect(await child.exited).toBe(2);
});

test("whoever closes the pipe before the help comes is told nothing else", async () => {
  const child = Bun.spawn(["bun", "--no-env-file", "src/cli.ts", "--help"], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "" },
    stdout: "pipe",
    stderr: "pipe",
  });
  await child.stdout.cancel();
  expect(await child.stderr.text()).toBe("");
  expect(await child.exited).toBe(0);
});

describe("wrong usage is one plain sentence and exit code 2", () => {
  test.each([
    ["", "which server to cache is missing"],
    ["--prot 3000 http://h", "did you mean --port?"],
    ["claer", 'did you mean "clear"?'],
    ["localhost:8080", "did you mean http://localhost:8080?"],
    ["--origin nonsense://h", "must begin with http:// or https://"],
    ["http://h --max-size 12parsecs", '--max-size "12parsecs" is not a size'],
    ["http://h --ttl soon", '--ttl "soon" is not a duration'],
    ["http://h --port", "--port needs a value"],
    ["http://h --host 0.0.0.0", "CACHING_PROXY_ADMIN_TOKEN"],
    ["clear --port 0", "is no running proxy"],
  ])("%s", async (line, message) => {
    const { out, err, code } = await run(line);
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toStartWith("error: ");
    expect(err).toContain(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  test("also where the environment is wrong", async () => {
    const { err, code } = await run("http://h", { CACHING_PROXY_PORT: "many" });
    expect(code).toBe(2);
    expect(err).toStartWith('error: CACHING_PROXY_PORT "many" is not a port');
  });
});

describe("the commands that speak to a running proxy", () => {
  test.each(["clear", "stats", "--clear-cache", "--origin http://h --clear-cache"])(
    "%s with nothing running: one sentence and exit code 1",
    async (line) => {
      const port = unusedPort();
      const { out, err, code } = await run(`${line} --port ${port}`);
      expect({ out, code }).toEqual({ out: "", code: 1 });
      expect(err).toStartWith(`error: no caching-proxy runs on port ${port}; start one with `);
      expect(err.trimEnd().split("\n")).toHaveLength(1);
    },
  );

  test.each([
    ["clear", 2, "cleared 2 entries\n"],
    ["--clear-cache", 1, "cleared 1 entry\n"],
  ])("%s prints how many entries went", async (line, cleared, out) => {
    const port = proxyThatAnswers((request) =>
      request.method === "POST" && request.url.endsWith("/ours/clear-cache")
        ? Response.json({ cleared })
        : new Response("no", { status: 404 }),
    );
    expect(await run(`${line} --port ${port} --admin-prefix /ours`)).toEqual({ out, err: "", code: 0 });
  });

  test("the token of the environment goes along", async () => {
    const port = proxyThatAnswers((request) =>
      Response.json({ cleared: request.headers.get("authorization") === "Bearer secret" ? 7 : 0 }),
    );
    const { out } = await run("clear", { CACHING_PROXY_ADMIN_TOKEN: "secret", CACHING_PROXY_PORT: String(port) });
    expect(out).toBe("cleared 7 entries\n");
  });

  test("stats for a person and for a program", async () => {
    const stats = { name: "caching-proxy", version: "0.1.0", requests: { total: 3, hit: 2, miss: 1 } };
    const port = proxyThatAnswers(() => Response.json(stats));
    expect((await run(`stats --port ${port}`)).out).toBe("caching-proxy 0.1.0\n  requests     3 (2 hit, 1 miss)\n");
    expect(JSON.parse((await run(`stats --port ${port} --json`)).out)).toEqual(stats);
  });

  test.each(["clear", "stats"])("%s takes nobody else's JSON for ours", async (line) => {
    const port = proxyThatAnswers(() => Response.json({ status: "fine", name: "other" }));
    const { err, code } = await run(`${line} --port ${port}`);
    expect(code).toBe(1);
    expect(err).toContain(`something other than caching-proxy answers on port ${port}`);
  });
});
