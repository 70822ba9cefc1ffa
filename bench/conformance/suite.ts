/** Where the two generations of http-cache-tests keep things, and what tests they hold. */

import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Kind, SuiteTest } from "./verdict.ts";

export type Generation = "npm-0.4.5" | "current";

interface Layout {
  readonly generation: Generation;
  readonly client: string;
  readonly server: string;
  readonly tests: readonly string[];
}

/** An installed suite: what to run, in which folder, and its tests without those meant for browsers. */
export interface Suite extends Layout {
  readonly folder: string;
  readonly list: readonly SuiteTest[];
}

/** Something a person can mend: a missing suite, a missing program, a wrong option. */
export class Fixable extends Error {}

const layouts: readonly Layout[] = [
  {
    generation: "current",
    client: "test-engine/cli.mjs",
    server: "test-engine/server/server.mjs",
    tests: ["tests/index.mjs"],
  },
  {
    generation: "npm-0.4.5",
    client: "cli.mjs",
    server: "server/server.mjs",
    tests: ["tests/index.mjs", "tests/surrogate-control.mjs"],
  },
];

/** Opens the suite in `folder`, or the npm package when there is none. */
export async function openSuite(folder: string | undefined): Promise<Suite> {
  const root = folder === undefined ? installedSuite() : resolve(folder);
  if (!existsSync(root)) throw new Fixable(`There is no folder ${root}. Give --suite a checkout of http-cache-tests.`);
  const layout = layouts.find(({ client, server, tests }) =>
    [client, server, ...tests].every((file) => existsSync(join(root, file))),
  );
  if (layout === undefined) {
    throw new Fixable(
      `${root} is not a checkout of http-cache-tests: neither test-engine/cli.mjs nor cli.mjs with its server and tests are in it.`,
    );
  }
  if (layout.generation === "current" && !hasPackage(root, "undici")) {
    throw new Fixable(`The suite's client needs undici. Run "npm install --no-save undici@7" in ${root}.`);
  }
  const groups = await Promise.all(layout.tests.map((file) => importDefault(join(root, file))));
  return { ...layout, folder: root, list: readTests(groups.flat()) };
}

function installedSuite(): string {
  const root = join(import.meta.dir, "../../node_modules/http-cache-tests");
  if (!existsSync(root)) {
    throw new Fixable(
      `http-cache-tests is not installed (looked in ${relative(".", root)}). Run "bun install" and try again.`,
    );
  }
  return root;
}

/** Looks the way Node does, as Bun would answer with a built-in of its own. */
function hasPackage(folder: string, name: string): boolean {
  if (existsSync(join(folder, "node_modules", name, "package.json"))) return true;
  const parent = dirname(folder);
  return parent !== folder && hasPackage(parent, name);
}

/** What a module of the suite exports. */
export async function importDefault(file: string): Promise<unknown> {
  const module: unknown = await import(pathToFileURL(file).href);
  return isRecord(module) ? module.default : undefined;
}

/** Reads the suite's groups of tests, leaving out those that only a browser can run. */
export function readTests(groups: readonly unknown[]): SuiteTest[] {
  return groups.flatMap((group) => {
    if (!isRecord(group) || !Array.isArray(group.tests)) throw new Error("A group of the suite has no list of tests.");
    const tests: readonly unknown[] = group.tests;
    return tests.filter((test) => !(isRecord(test) && test.browser_only === true)).map((test) => readTest(test, group));
  });
}

function readTest(test: unknown, group: Readonly<Record<string, unknown>>): SuiteTest {
  if (!isRecord(test) || typeof test.id !== "string") throw new Error("A test of the suite has no id.");
  const dependsOn: readonly unknown[] = Array.isArray(test.depends_on) ? test.depends_on : [];
  return {
    id: test.id,
    name: String(test.name ?? test.id),
    group: String(group.id ?? group.name ?? ""),
    chapter: String(group.name ?? group.id ?? ""),
    kind: readKind(test.kind, test.id),
    dependsOn: dependsOn.map(String),
  };
}

/** Reads what a test is for; one that does not say is required. */
export function readKind(kind: unknown, id: string): Kind {
  if (kind === undefined) return "required";
  if (kind === "required" || kind === "optimal" || kind === "check") return kind;
  throw new Error(`Test ${id} is of the kind "${String(kind)}", which is unknown here.`);
}

/** Whether a value is an object whose members can be looked at. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
