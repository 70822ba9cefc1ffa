import { readFile } from "node:fs/promises";
import { defineConfig } from "./define.ts";
import { KINDS, type Kind, kindOf } from "./file-name.ts";
import { packageName } from "./package-name.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/** A file as it lies there, and what it says. */
export type Content = { readonly text: string; readonly content: unknown };

/** How a file is read. */
export type Reading = {
  /** What a person calls it. */
  readonly name: string;
  /** Tells this reading from earlier ones of a module, which the runtime remembers. */
  readonly reading: number;
  /** What a module gets that imports "caching-proxy": what runs, or what is installed where it lies. */
  readonly ourselves: "provided" | "installed";
};

/**
 * Reads what a config file holds: a module's default export, or the value of a text.
 * @param path absolute
 */
export async function contentOf(path: string, reading: Reading): Promise<Parsed<Content>> {
  const { name } = reading;
  const kind = kindOf(path);
  if (kind === undefined)
    return refuse(`${name} is of no kind that we read: its name has to end with ${KINDS.join(", ")}`);
  try {
    const text = await readFile(path, "utf8");
    const content = await readAs(kind, text, path, reading);
    return content.ok ? accept({ text, content: content.value }) : content;
  } catch (error) {
    return refuse(`${name} cannot be read (${reasonOf(error)})`);
  }
}

async function readAs(kind: Kind, text: string, path: string, reading: Reading): Promise<Parsed<unknown>> {
  switch (kind) {
    case ".ts":
    case ".js":
    case ".mjs":
      return importedFrom(path, reading);
    case ".json":
    case ".jsonc":
      return accept(Bun.JSONC.parse(text));
    case ".yaml":
    case ".yml":
      return accept(Bun.YAML.parse(text));
    case ".toml":
      return accept(Bun.TOML.parse(text));
  }
}

async function importedFrom(path: string, { name, reading, ourselves }: Reading): Promise<Parsed<unknown>> {
  if (ourselves === "provided") provideOurselves();
  // Without a new address an import gives what the first one gave.
  const module: unknown = await import(reading === 0 ? path : `${path}?${reading}`);
  if (typeof module === "object" && module !== null && "default" in module) return accept(await module.default);
  return refuse(`${name} exports no config: write export default defineConfig({ … })`);
}

/** A config may import us by our name wherever it lies: it is given what runs, also by the compiled file. */
function provideOurselves(): void {
  if (isProvided) return;
  isProvided = true;
  Bun.plugin({
    name: packageName,
    setup(build) {
      build.module(packageName, () => ({ exports: { defineConfig }, loader: "object" }));
    },
  });
}

let isProvided = false;

/** What went wrong, in one line, with the line of the file where a parser says it. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message + lineOf(error) : String(error);
}

function lineOf(error: Error): string {
  const position: unknown = "position" in error ? error.position : undefined;
  if (typeof position !== "object" || position === null || !("line" in position)) return "";
  return ` (line ${String(position.line)})`;
}
