/** `bun run conformance:docs`: writes the results of runs into the documentation. */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { readAnswers } from "./answers-file.ts";
import { readKnown } from "./known.ts";
import {
  failures,
  longTable,
  onlyOlder,
  type Published,
  questions,
  type Run,
  shortTable,
  totalsLine,
  withPart,
} from "./markdown.ts";
import { publishedOn, readPeers } from "./peers.ts";
import { readRun } from "./run-file.ts";
import { Fixable, openSuite } from "./suite.ts";

const help = `Writes the results of runs into README.md and docs/, beside those that other caches have published.

  bun run conformance:docs --suite DIR [options]

  --suite DIR       a checkout of github.com/http-tests/cache-tests
  --from FILE       what \`bun run conformance --json FILE\` wrote; once for each generation of the suite.
                    Without it nothing is written, and the table of the other caches printed
  --published DAY   when the other caches' results were published, for a checkout without its history`;

const root = join(import.meta.dir, "../..");

async function main(): Promise<void> {
  const { values: options } = readOptions();
  if (options.help) return console.log(help);
  if (options.suite === undefined) throw new Fixable(`--suite is missing.\n\n${help}`);
  const suite = await openSuite(options.suite);
  if (suite.generation !== "current")
    throw new Fixable(`${suite.folder} is an older suite than the one caches publish results of.`);
  const date = options.published ?? (await publishedOn(suite.folder));
  if (date === undefined) {
    throw new Fixable(
      `${suite.folder} has no history that tells when the results were published: give --published YYYY-MM-DD.`,
    );
  }
  const published: Published = { date, peers: await readPeers(suite) };
  const runs = await Promise.all((options.from ?? []).map(readRun));
  if (runs.length === 0) return console.log(`${longTable(published, undefined)}\n\npublished on ${date}`);
  for (const run of runs) {
    await (run.generation === "current" ? writeCurrent(run, published) : writeOlder(run));
  }
}

async function writeCurrent(run: Run, published: Published): Promise<void> {
  const [{ current }, known] = [await readAnswers(), await readKnown()];
  await write("README.md", { results: shortTable(published, run) });
  await write("docs/conformance.md", {
    results: `Ours of ${run.date}, the others' of ${published.date}.\n\n${longTable(published, run)}`,
    failures: failures(run.entries, known.current),
  });
  const all = new Set(run.entries.map(({ id }) => id));
  await write("docs/check-questions.md", { questions: questions(run.entries, all, current, published.peers) });
}

async function writeOlder(run: Run): Promise<void> {
  const [answers, known] = [await readAnswers(), await readKnown()];
  const older = answers["npm-0.4.5"];
  await write("README.md", { "npm-results": totalsLine(run) });
  await write("docs/conformance.md", {
    "npm-results": totalsLine(run),
    "npm-failures": failures(run.entries, known["npm-0.4.5"]),
  });
  const ids = onlyOlder(older, answers.current);
  await write("docs/check-questions.md", { "npm-questions": questions(run.entries, ids, older, []) });
}

async function write(path: string, parts: Readonly<Record<string, string>>): Promise<void> {
  const file = join(root, path);
  let text = await Bun.file(file).text();
  for (const [name, content] of Object.entries(parts)) text = withPart(text, name, content);
  await Bun.write(file, text);
  console.log(`wrote ${path}: ${Object.keys(parts).join(", ")}`);
}

function readOptions() {
  try {
    return parseArgs({
      args: Bun.argv.slice(2),
      options: {
        suite: { type: "string" },
        from: { type: "string", multiple: true },
        published: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new Fixable(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Fixable ? error.message : error);
  process.exitCode = 1;
}
