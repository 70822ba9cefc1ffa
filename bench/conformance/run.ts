/**
 * `bun run conformance`: the public suite http-cache-tests against the real command. The suite's server is the origin,
 * the command is in front of it, and the suite's own client asks through it.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { version } from "../../package.json";
import { holdAnswers, updatedAnswers } from "./answers.ts";
import { answersFile, readAnswers, writeAnswers } from "./answers-file.ts";
import { type Child, Children, freePorts, isHealthy } from "./children.ts";
import { knownFile, readKnown, writeKnown } from "./known.ts";
import { report } from "./report.ts";
import { Fixable, openSuite, type Suite } from "./suite.ts";
import { judge, parseResults, type RawResults, updatedKnown } from "./verdict.ts";

const longestRun = 15 * 60_000;

const help = `Runs http-cache-tests against the proxy.

  bun run conformance [options]

  --suite DIR      a checkout of github.com/http-tests/cache-tests instead of the npm package
  --command "CMD"  what to test instead of src/cli.ts, for example dist/caching-proxy; split at spaces,
                   --port, --origin, --ttl and --log are appended
  --id TEST        one test only, with all requests and responses shown
  --json FILE      write every result to FILE, for \`bun run conformance:docs\`
  --write-known    bring known-failures.json and check-answers.json in line with this run;
                   what is new or has changed needs a reason from you`;

async function main(): Promise<number> {
  const { values: options } = readOptions();
  if (options.help) {
    console.log(help);
    return 0;
  }
  const node = Bun.which("node");
  if (node === null)
    throw new Fixable("The suite runs under Node, and there is no node on PATH. Install Node.js 20 or newer.");
  const suite = await openSuite(options.suite);
  if (options.id !== undefined && !suite.list.some(({ id }) => id === options.id)) {
    throw new Fixable(`The suite (${suite.generation}) has no test "${options.id}", or only browsers can run it.`);
  }
  const known = await readKnown();
  const answers = await readAnswers();
  const command = options.command?.split(/\s+/).filter((word) => word !== "") ?? ourCommand();

  await using scratch = await makeScratch();
  await using children = new Children();
  endOnSignal(children, scratch);
  const { base, proxy } = await startServers({
    children,
    node,
    suite,
    command,
    scratch: scratch.path,
    echo: options.id !== undefined,
  });

  if (options.id !== undefined) {
    const client = startClient(children, node, suite, base, options.id);
    await client.done(longestRun);
    const ending = client.stdout.trimEnd().split("\n").at(-1) ?? "";
    return /^(✅|Y) -/u.test(ending) ? 0 : 1;
  }

  console.log(`http-cache-tests ${suite.generation}, ${suite.list.length} tests, against: ${command.join(" ")}`);
  const began = performance.now();
  const results = await runAll(children, node, suite, base);
  proxy.mustRun("while the tests ran");
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`done in ${seconds} seconds\n`);

  const { generation } = suite;
  let verdict = holdAnswers(judge(suite.list, results, known[generation]), answers[generation]);
  if (options["write-known"]) {
    const failures = updatedKnown(verdict.entries);
    const answered = updatedAnswers(verdict.entries, answers[generation]);
    await writeKnown(known, generation, failures);
    await writeAnswers(answers, generation, answered);
    console.log(`wrote ${knownFile}\nwrote ${answersFile}\n`);
    verdict = holdAnswers(judge(suite.list, results, failures), answered);
  }
  if (options.json !== undefined) {
    const { entries, ...rest } = verdict;
    const content = {
      generation,
      date: today(),
      version,
      command: command.join(" "),
      seconds,
      ...rest,
      tests: entries,
    };
    await Bun.write(options.json, `${JSON.stringify(content, null, 2)}\n`);
  }
  console.log(report(verdict).join("\n"));
  return verdict.problems.length === 0 ? 0 : 1;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function readOptions() {
  try {
    return parseArgs({
      args: Bun.argv.slice(2),
      options: {
        suite: { type: "string" },
        command: { type: "string" },
        id: { type: "string" },
        json: { type: "string" },
        "write-known": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new Fixable(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

function ourCommand(): string[] {
  return [process.execPath, "--no-env-file", join(import.meta.dir, "../../src/cli.ts")];
}

interface Setting {
  readonly children: Children;
  readonly node: string;
  readonly suite: Suite;
  readonly command: readonly string[];
  readonly scratch: string;
  readonly echo: boolean;
}

interface Running {
  readonly base: string;
  readonly proxy: Child;
}

async function startServers({ children, node, suite, command, scratch, echo }: Setting): Promise<Running> {
  const [originPort, proxyPort] = await freePorts();
  const server = children.start({
    name: "The suite's server",
    command: [node, "--no-warnings", suite.server],
    cwd: suite.folder,
    env: {
      npm_config_protocol: "http",
      npm_config_port: String(originPort),
      npm_config_pidfile: join(scratch, "server.pid"),
    },
    echo,
  });
  await server.until(() => server.stdout.includes("Listening on "), "it listened");

  const origin = `http://localhost:${originPort}`;
  const proxy = children.start({
    name: "The proxy",
    command: [...command, "--port", String(proxyPort), "--origin", origin, "--ttl", "0", "--log", "off"],
    echo,
  });
  await proxy.until(() => isHealthy(proxyPort), `http://localhost:${proxyPort}/health answered 200`);
  return { base: `http://localhost:${proxyPort}`, proxy };
}

function startClient(children: Children, node: string, suite: Suite, base: string, id: string): Child {
  return children.start({
    name: "The suite's client",
    command: [node, "--no-warnings", suite.client],
    cwd: suite.folder,
    // The client takes an empty npm_config_id for none at all and looks at the other one.
    env: { npm_config_base: base, npm_config_id: id, npm_package_config_id: id },
    echo: id !== "",
  });
}

async function runAll(children: Children, node: string, suite: Suite, base: string): Promise<RawResults> {
  const client = startClient(children, node, suite, base, "");
  const code = await client.done(longestRun);
  const results = parseResults(client.stdout);
  if (code !== 0 || results === undefined) {
    throw new Fixable(`The suite's client gave no results (exit code ${code}).${client.tail()}`);
  }
  return results;
}

interface Scratch extends AsyncDisposable {
  readonly path: string;
}

async function makeScratch(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), "conformance-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

function endOnSignal(children: Children, scratch: Scratch): void {
  const end = async (code: number): Promise<void> => {
    interrupted = true;
    await children.end();
    await scratch[Symbol.asyncDispose]();
    process.exit(code);
  };
  process.once("SIGINT", () => end(130));
  process.once("SIGTERM", () => end(143));
}

let interrupted = false;

try {
  process.exitCode = await main();
} catch (error) {
  // After a signal the children are gone on purpose, and what fails because of it is no news.
  if (!interrupted) {
    console.error(error instanceof Fixable ? error.message : error);
    process.exitCode = 1;
  }
}
