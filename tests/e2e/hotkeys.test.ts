import { expect, test } from "bun:test";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { Lines } from "./lines.ts";
import { counted, origin } from "./origin.ts";

const shared = cleanup();
const program = join(import.meta.dir, "../../src/cli.ts");
const api = origin(shared, counted({ "cache-control": "max-age=60" }));

/** The command on a terminal of its own: what it shows, line by line, and who types. */
function onTerminal(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const output = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
  const stream = new ReadableStream<Uint8Array>({ start: output.resolve });
  const child = Bun.spawn([process.execPath, "--no-env-file", program, ...args], {
    cwd: scratch(shared),
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", TERM: "xterm", ...env },
    terminal: {
      cols: 200,
      rows: 50,
      data: (_, bytes) => void output.promise.then((to) => to.enqueue(Uint8Array.from(bytes))),
    },
  });
  shared.defer(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  child.exited.then(async () => (await output.promise).close());
  return { lines: new Lines(stream), type: (keys: string) => child.terminal?.write(keys), exited: child.exited };
}

const serving = ["--port", "0", "--origin", api.url];

test("keys clear, show statistics, go offline and online, name the page, and quit", async () => {
  const { lines, type, exited } = onTerminal({ PATH: "/nonexistent" }, ...serving);
  /** Once it has been shown so often. */
  const shown = (text: string, times = 1) => {
    const has = (line: string): boolean => line.includes(text);
    return lines.find((line) => has(line) && lines.all.filter(has).length >= times);
  };
  const url = /http:\S+:\d+/.exec(await shown("  listens on  "))?.[0];
  await shown("  keys  ");
  await fetch(`${url}/x`);
  type("s");
  await shown("1 miss");
  type("c");
  await shown("cleared 1 entry");
  type("?");
  await shown("go offline");
  type("o");
  await shown("offline: what is stored answers");
  expect((await fetch(`${url}/x`)).status).toBe(504);
  type("oo");
  await shown("online: the origin is asked again");
  await shown("offline: what is stored answers", 2);
  type("o");
  await shown("online: the origin is asked again", 2);
  expect((await fetch(`${url}/x`)).status).toBe(200);
  type("d");
  await shown("no xdg-open");
  type("q");
  expect(await exited).toBe(0);
  expect(lines.all.join("\n")).toContain("SIGINT: finishing what is in flight");
});

test("Ctrl-C ends it as ever", async () => {
  const { lines, type, exited } = onTerminal({}, ...serving);
  await lines.find((line) => line.includes("  keys  "));
  type("\x03");
  expect(await exited).toBe(0);
});

test("beside a command what is typed is the command's", async () => {
  const { lines, type, exited } = onTerminal(
    {},
    ...serving,
    "--log",
    "pretty",
    "--",
    "sh",
    "-c",
    'read word; echo "<$word>"',
  );
  type("q\r");
  expect(await exited).toBe(0);
  await lines.ended;
  expect(lines.all.join("\n")).toContain("<q>");
});

test.each([
  ["serve", serving],
  ["--help", ["--help"]],
  ["an error", ["--prot", "1"]],
  ["doctor", ["doctor", ...serving]],
])("NO_COLOR has %s without colours, and only that", async (_, args) => {
  for (const NO_COLOR of ["1", ""]) {
    const { lines, type, exited } = onTerminal({ NO_COLOR }, ...args);
    if (args === serving) {
      const url = /http:\S+:\d+/.exec(
        stripVTControlCharacters(await lines.find((line) => line.includes("  listens on  "))),
      )?.[0];
      await lines.find((line) => line.includes("  keys  "));
      await fetch(`${url}/x`);
      await lines.find((line) => line.includes("/x "));
      type("q");
    }
    await exited;
    await lines.ended;
    const shown = lines.all.join("\n");
    expect(shown !== stripVTControlCharacters(shown)).toBe(NO_COLOR === "");
  }
});
