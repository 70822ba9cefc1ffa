import { expect, test } from "bun:test";

const root = new URL("../..", import.meta.url).pathname;

/** The files of src that the command loads to do what a command line says, started once. */
async function loadedBy(line: string): Promise<readonly string[]> {
  const preload = new URL("loaded.ts", import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, "--no-env-file", "--preload", preload, "src/cli.ts", ...line.split(" ")], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "" },
    stdout: "ignore",
    stderr: "pipe",
  });
  return (await child.stderr.text()).split("\n").filter((text) => text.endsWith(".ts"));
}

/** The server and what only serving needs. */
const SERVING = /^(?:server\.ts|commands\/serve\.ts|(?:workers|proxy|store|caching|wire|observe|admin)\/)/;

test.each([
  "--help",
  "-h",
  "help serve",
  "--version",
  "--prot 1",
  "stats --port 1",
  "clear --port 1",
  "warm /x --port 1",
])("%s loads neither the server nor what it is made of", async (line) => {
  const loaded = await loadedBy(line);
  expect(loaded).toContain("commands/run.ts");
  expect(loaded.filter((path) => SERVING.test(path))).toEqual([]);
});

test.each(["tail --port 1", "top --port 1"])("%s loads of it only what prints and filters exchanges", async (line) => {
  const loaded = await loadedBy(line);
  expect(loaded).toContain("observe/filter.ts");
  expect(loaded.filter((path) => SERVING.test(path) && !path.startsWith("observe/"))).toEqual([]);
  expect(loaded).not.toContain("observe/access-log.ts");
});

test("to serve loads them, once the command line is read", async () => {
  const loaded = await loadedBy("--origin http://127.0.0.1:9 --port 0 --host 192.0.2.1 --admin-token t");
  expect(loaded).toContain("server.ts");
  // What prints metrics waits for the first who asks for them.
  expect(loaded).toContain("observe/counters.ts");
  for (const later of ["scraped", "metrics", "exposition"]) expect(loaded).not.toContain(`observe/${later}.ts`);
  // What checks config files waits for one, and so do rules.
  expect(
    loaded.filter((path) => /^(?:rules\/|config\/(?:check-config|rule-schema|schema|file-text))/.test(path)),
  ).toEqual([]);
  expect(loaded.indexOf("server.ts")).toBeGreaterThan(loaded.indexOf("config/resolve.ts"));
});

test("a plain start loads of the runtime only what each needs: certificates, keys and the page wait for who has or asks for them", async () => {
  const loaded = await loadedBy("--origin http://127.0.0.1:9 --port 0 --host 192.0.2.1 --admin-token t");
  expect([...(await builtInOf(loaded))].toSorted()).toEqual(["node:fs", "node:path", "node:util"]);
  expect(loaded.filter((path) => /^(?:page|embedded|tls)\//.test(path))).toEqual(["tls/certificate-unusable.ts"]);
});

/** The modules of the runtime that files of src import, so that they are loaded with them. */
async function builtInOf(files: readonly string[]): Promise<ReadonlySet<string>> {
  const imports = await Promise.all(
    files.map(async (path) => {
      const text = await Bun.file(`${root}src/${path}`).text();
      return new Bun.Transpiler({ loader: "ts" }).scanImports(text.replace(/^#!.*/, ""));
    }),
  );
  const loadedAtOnce = imports.flat().filter(({ kind }) => kind === "import-statement");
  return new Set(loadedAtOnce.map(({ path }) => path).filter((path) => path.startsWith("node:")));
}

test("nothing of fixtures is loaded where there are none", async () => {
  const line = "--origin http://127.0.0.1:9 --port 0 --host 192.0.2.1 --admin-token t";
  const without = await loadedBy(line);
  // But how it would be said that they cannot be used.
  expect(without.filter((path) => /fixtures\/|build-fixtures/.test(path))).toEqual(["fixtures/unusable.ts"]);
  expect(await loadedBy(`${line} --offline`)).toContain("wiring/build-fixtures.ts");
});
