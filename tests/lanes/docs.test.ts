import { expect, test } from "bun:test";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { folderWith } from "../e2e/folder.ts";
import { origin } from "../e2e/origin.ts";
import { startProxy } from "../e2e/proxy.ts";

const shared = cleanup();
const page = await Bun.file(join(import.meta.dir, "../../docs/lanes.md")).text();
const blocks = [...page.matchAll(/^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, kind = "", name = "", text = ""]) => ({
    kind,
    name,
    text,
  }),
);

/** Each command of the page with what it prints, in their order: what one switches the next ones see. */
const commands = blocks
  .filter(({ kind }) => kind === "console")
  .flatMap(({ text }) => text.split(/^\$ /m).slice(1))
  .map((example) => {
    const [line = "", ...printed] = example.split("\n");
    return { line, printed: printed.join("\n").trimEnd() };
  });

/** What curl would print; names below localhost lead to this machine, as curl has it. */
async function curl(line: string, port: number): Promise<string> {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
  expect(words.shift()).toBe("curl");
  const headers = new Headers();
  const init: { method?: string; body?: string } = {};
  let [url, format, isHidden] = ["", "", false];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "-w") format = words.shift() ?? "";
    else if (word === "-o") isHidden = words.shift() === "/dev/null";
    else if (word === "-X") init.method = words.shift() ?? "";
    else if (word === "-d") init.body = words.shift() ?? "";
    else if (word === "-H") {
      const [name = "", value = ""] = (words.shift() ?? "").split(": ");
      headers.append(name, value);
    } else if (word !== "-s") url = word;
  }
  const { host, pathname, search } = new URL(url);
  if (host !== "localhost:3000") headers.set("host", host.replace("3000", String(port)));
  const response = await fetch(`http://localhost:${port}${pathname}${search}`, { ...init, headers });
  const text = isHidden ? "" : await response.text();
  return (text + format.replaceAll("\\n", "\n").replace("%{http_code}", String(response.status))).trimEnd();
}

test("what the page shows is what happens", async () => {
  const stub = origin(shared, ({ url }) => {
    return new Response(`{"id":${new URL(url).pathname.split("/").at(-1)}}\n`, {
      headers: { "cache-control": "max-age=60" },
    });
  });
  const config = blocks.find(({ name }) => name === "config")?.text ?? "";
  const fixtures = blocks.filter(({ kind }) => kind === "http").map(({ name, text }) => [`fixtures/${name}`, text]);
  const cwd = await folderWith(shared, { "caching-proxy.config.yaml": config, ...Object.fromEntries(fixtures) });
  const proxy = await startProxy(shared, stub.url, "--fixtures ./fixtures", { cwd });
  expect(commands.length).toBeGreaterThanOrEqual(11);
  for (const { line, printed } of commands) expect([line, await curl(line, proxy.port)]).toEqual([line, printed]);
});
