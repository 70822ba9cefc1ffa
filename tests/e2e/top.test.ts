import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin } from "./origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy } from "./proxy.ts";

const shared = cleanup();
const root = new URL("../..", import.meta.url).pathname;
let proxy: RunningProxy;

beforeAll(async () => {
  const stub = origin(shared, (request) => {
    const { pathname } = new URL(request.url);
    return new Response(pathname === "/large" ? "x".repeat(5000) : "body", {
      headers: { "cache-control": pathname === "/missed" ? "no-store" : "max-age=600" },
    });
  });
  proxy = await startProxy(shared, stub.url, "--log off");
  for (const path of ["/often?a", "/often?a", "/often?b", "/often?b", "/large", "/missed", "/missed"]) {
    await outcome(proxy, path);
  }
  await ask(proxy, "/posted", { method: "POST" });
});

describe("where nobody looks, or --once is said, it prints one table and ends", () => {
  test.each([
    ["requests", "        4       2      0   16 bytes", "/often"],
    ["misses", "        2       2      0    8 bytes", "/missed"],
    ["bytes", "        1       1      0     4.9 kb", "/large"],
  ])("by %s", async (sort, cells, path) => {
    const top = runCommand(shared, ["top", "--port", String(proxy.port), "--sort", sort]);
    expect(await top.exited).toBe(0);
    await top.stdout.ended;
    const [title, totals, empty, headings, first, ...others] = top.stdout.all;
    expect(title).toMatch(new RegExp(`^port ${proxy.port}, the last 8 exchanges since \\d\\d:\\d\\d:\\d\\d$`));
    expect(totals).toStartWith("8 requests to 4 paths, 5 misses, 0 errors, 4.9 kb");
    expect([empty, headings?.includes("*")]).toEqual(["", true]);
    const row = [first, ...others].find((line) => line?.endsWith(`  ${path}`));
    expect(row).toStartWith(cells);
    if (sort !== "misses") expect(row).toBe(first);
  });

  test("with a filter, of what it wants", async () => {
    const top = runCommand(shared, ["top", "--once", "--port", String(proxy.port), "--filter", "POST"]);
    expect(await top.exited).toBe(0);
    await top.stdout.ended;
    expect(top.stdout.all.slice(4)).toEqual([expect.stringMatching(/ {2}POST \/posted$/)]);
  });

  test.each([
    [["--sort", "size"], 2, '--sort "size" is no order: write requests, misses, bytes, slow'],
    [["--filter", "hit or"], 2, "--filter cannot be read"],
    [["--port", "1"], 1, "no caching-proxy runs on port 1"],
  ])("%j is refused", async (flags, code, message) => {
    const top = runCommand(shared, ["top", ...flags]);
    expect(await top.exited).toBe(code);
    await top.stderr.ended;
    expect(top.stderr.all.join("\n")).toContain(message);
  });
});

/** The command on a terminal of its own, and what it has drawn. */
function onTerminal(columns: number, rows: number) {
  const drawn = { all: "" };
  let changed = Promise.withResolvers<void>();
  const decoder = new TextDecoder();
  const command = ["--no-env-file", "src/cli.ts", "top", "--port", String(proxy.port)];
  const child = Bun.spawn([process.execPath, ...command], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", TERM: "xterm" },
    terminal: {
      cols: columns,
      rows,
      data(_, bytes) {
        drawn.all += decoder.decode(bytes, { stream: true });
        changed.resolve();
        changed = Promise.withResolvers();
      },
    },
  });
  shared.defer(() => child.kill("SIGKILL"));
  return {
    ...{ child, drawn },
    /** The first picture from now on that fits. */
    picture: async (fits: (lines: readonly string[]) => boolean): Promise<readonly string[]> => {
      for (let from = drawn.all.length; ; await changed.promise) {
        const pictures = drawn.all.slice(from).split("\x1b[H").slice(1);
        // One that is not drawn to its end yet lacks what clears the rest of the screen.
        const lines = pictures
          .filter((one) => one.includes("\x1b[J"))
          .map(linesOf)
          .find(fits);
        if (lines !== undefined) return lines;
      }
    },
  };
}

function linesOf(picture: string): readonly string[] {
  const text = picture.slice(0, picture.indexOf("\x1b[J"));
  return Bun.stripANSI(text).split(/[\r\n]+/);
}

const ENTERED = "\x1b[?1049h\x1b[?25l";
const LEFT = "\x1b[?25h\x1b[?1049l";

describe("on a terminal it is drawn in place each second", () => {
  test("counts what passes, follows the size, sorts by a key, and q leaves the terminal as it was", async () => {
    const { child, drawn, picture } = onTerminal(100, 12);
    await picture((lines) => lines[0]?.includes("q ends") === true);
    await outcome(proxy, "/live");
    await outcome(proxy, "/live");
    await outcome(proxy, "/missed");
    const lines = await picture((all) => all.some((line) => line.endsWith("/missed")));
    expect(lines.find((line) => line.endsWith("/live"))).toStartWith("        2       1");
    expect(lines.some((line) => line.includes("*REQUESTS"))).toBe(true);
    child.terminal?.resize(40, 6);
    const narrow = await picture((all) => all.every((line) => line.length <= 40));
    expect(narrow.some((line) => line.endsWith(">"))).toBe(true);
    child.terminal?.resize(100, 12);
    child.terminal?.write("m");
    await picture((all) => all.some((line) => line.includes("*MISSES")));
    child.terminal?.write("q");
    expect(await child.exited).toBe(0);
    expect(drawn.all).toStartWith(ENTERED);
    expect(drawn.all.split(LEFT).length).toBeGreaterThan(1);
    expect(drawn.all.endsWith(LEFT)).toBe(true);
  });

  test.each(["Ctrl-C", "SIGTERM"])("%s leaves the terminal as it was as well", async (how) => {
    const { child, drawn, picture } = onTerminal(80, 24);
    await picture((lines) => lines[0]?.includes("q ends") === true);
    if (how === "SIGTERM") child.kill("SIGTERM");
    else child.terminal?.write("\x03");
    expect(await child.exited).toBe(0);
    while (!drawn.all.endsWith(LEFT)) await Bun.sleep(5);
    expect(drawn.all).toStartWith(ENTERED);
  });
});
