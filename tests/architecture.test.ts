import { describe, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { LanguageVariant, SyntaxKind } from "typescript/unstable/ast";
import { createScanner } from "typescript/unstable/ast/scanner";

/** Which folders and files of src each may import from besides itself; imports point only downward. */
const MAY_KNOW: Readonly<Record<string, readonly string[]>> = {
  http: [],
  caching: ["http"],
  store: ["caching", "http"],
  proxy: ["store", "caching", "http"],
  quota: ["store", "caching", "http"],
  limit: ["http"],
  origins: ["http"],
  har: ["caching", "http"],
  veil: ["http"],
  fixtures: ["veil", "caching", "http"],
  recording: ["fixtures", "veil", "http"],
  observe: ["http"],
  admin: ["http"],
  wire: ["http"],
  tls: ["http"],
  lanes: ["rules", "caching", "observe", "http"],
  workers: ["store", "caching", "observe", "fixtures", "veil", "lanes", "rules", "http"],
  sharing: ["workers", "store", "http"],
  embedded: [],
  page: ["observe", "har"],
  rules: ["caching", "http"],
  config: ["rules", "store", "http"],
  commands: [
    "config",
    "rules",
    "workers",
    "store",
    "observe",
    "fixtures",
    "recording",
    "veil",
    "lanes",
    "har",
    "tls",
    "http",
  ],
  library: [
    "config",
    "rules",
    "lanes",
    "workers",
    "fixtures",
    "observe",
    "admin",
    "wire",
    "http",
    "wiring/controls.ts",
    "wiring/open-fetch.ts",
  ],
  "wiring/build-listeners.ts": ["http", "wire", "config"],
  "wiring/follow-certificate.ts": ["tls", "http"],
  "wiring/build-origin-tls.ts": ["tls", "wire", "config"],
  "wiring/build-front.ts": [
    "wiring/build-listeners.ts",
    "wiring/follow-certificate.ts",
    "tls",
    "wire",
    "config",
    "http",
  ],
  "wiring/controls.ts": [
    "admin",
    "workers",
    "wiring/build-lanes.ts",
    "wiring/build-statistics.ts",
    "wiring/build-watching.ts",
  ],
  "wiring/build-rules.ts": ["wiring/build-lanes.ts", "rules", "proxy", "config", "caching", "http"],
  "wiring/load-proxies.ts": ["sharing", "config"],
  "wiring/load-rules.ts": ["wiring/build-rules.ts", "wiring/build-lanes.ts", "config", "caching"],
  "wiring/build-lanes.ts": ["lanes", "rules", "workers", "observe", "admin", "config", "http"],
  "wiring/load-lanes.ts": ["wiring/build-lanes.ts", "workers", "admin", "config"],
  "wiring/load-dev-loop.ts": [
    "wiring/build-lanes.ts",
    "wiring/build-rules.ts",
    "wiring/build-fixtures.ts",
    "wiring/load-lanes.ts",
    "wiring/load-rules.ts",
    "wiring/load-fixtures.ts",
    "workers",
    "observe",
    "admin",
    "config",
    "http",
  ],
  "wiring/build-cache.ts": [
    "wiring/build-ways.ts",
    "http",
    "caching",
    "store",
    "proxy",
    "quota",
    "limit",
    "workers",
    "config",
  ],
  "wiring/build-ways.ts": ["http", "quota", "limit", "config"],
  "wiring/build-origins.ts": ["origins", "quota", "http", "config"],
  "wiring/load-origins.ts": ["wiring/build-origins.ts"],
  "wiring/build-bridge.ts": [
    "http",
    "caching",
    "proxy",
    "wire",
    "wiring/build-cache.ts",
    "wiring/build-origins.ts",
    "config",
  ],
  "wiring/build-recording.ts": ["config", "recording", "fixtures", "veil", "http"],
  "wiring/build-fixtures.ts": [
    "wiring/build-recording.ts",
    "http",
    "caching",
    "fixtures",
    "veil",
    "proxy",
    "admin",
    "workers",
    "config",
    "wiring/build-cache.ts",
  ],
  "wiring/explain-earlier.ts": ["http", "caching", "proxy", "wiring/build-fixtures.ts", "wiring/build-rules.ts"],
  "wiring/load-fixtures.ts": ["wiring/build-fixtures.ts", "admin", "workers"],
  "wiring/build-log.ts": ["config", "observe", "workers", "http"],
  "wiring/build-reticence.ts": ["config", "proxy", "http"],
  "wiring/build-statistics.ts": [
    "wiring/build-cache.ts",
    "wiring/build-origins.ts",
    "http",
    "observe",
    "admin",
    "workers",
  ],
  "wiring/build-watching.ts": ["http", "observe", "admin", "workers"],
  "wiring/build-asking.ts": [
    "wiring/build-cache.ts",
    "http",
    "caching",
    "store",
    "proxy",
    "observe",
    "admin",
    "workers",
  ],
  "wiring/build-archive.ts": ["wiring/build-cache.ts", "http", "caching", "proxy", "admin", "har"],
  "wiring/own-clock.ts": ["caching"],
  "wiring/build-proxy.ts": [
    "wiring/build-archive.ts",
    "wiring/build-asking.ts",
    "wiring/build-bridge.ts",
    "wiring/build-cache.ts",
    "wiring/build-origin-tls.ts",
    "wiring/build-origins.ts",
    "wiring/build-reticence.ts",
    "wiring/build-statistics.ts",
    "wiring/build-watching.ts",
    "wiring/controls.ts",
    "wiring/explain-earlier.ts",
    "wiring/load-dev-loop.ts",
    "wiring/own-clock.ts",
    "admin",
    "config",
    "embedded",
    "http",
    "observe",
    "proxy",
    "sharing",
    "store",
    "wire",
    "workers",
  ],
  "wiring/open-fetch.ts": [
    "wiring/build-cache.ts",
    "wiring/build-listeners.ts",
    "wiring/build-statistics.ts",
    "wiring/load-proxies.ts",
    "wiring/own-clock.ts",
    "admin",
    "caching",
    "config",
    "http",
    "observe",
    "proxy",
    "store",
    "wire",
    "workers",
  ],
  "server.ts": [
    "wiring/build-cache.ts",
    "wiring/build-fixtures.ts",
    "wiring/build-front.ts",
    "wiring/build-listeners.ts",
    "wiring/build-log.ts",
    "wiring/build-proxy.ts",
    "wiring/build-rules.ts",
    "wiring/load-dev-loop.ts",
    "wiring/load-origins.ts",
    "wiring/load-proxies.ts",
    "wiring/own-clock.ts",
    "config",
    "lanes",
    "store",
    "workers",
  ],
  "cli.ts": ["commands"],
  "index.ts": ["library", "config"],
};

/** Folders of single tiers, none of which knows another, and what those of remote ones share. */
const TIERS = ["memory", "sqlite", "redis", "memcached"];
const SHARED_BY_TIERS = ["remote"];
/** Those of store itself that know tiers: by them each is opened, asked who it is, and put on top of the other. */
const MAY_KNOW_TIERS = ["store/build.ts", "store/open-tier.ts", "store/server-of.ts"];
/** Those that start a server and stop it. */
const MAY_KNOW_SERVER = ["commands/loaded-server.ts", "commands/work.ts", "library/opening.ts"];
/** Those that say which version this is. */
const MAY_KNOW_PACKAGE = [
  "commands/version.ts",
  "config/package-name.ts",
  "wiring/build-proxy.ts",
  "wiring/open-fetch.ts",
];
/** Neither clock nor I/O: everything comes as an argument. */
const PURE = ["http", "caching"];
/** The one place where a string becomes a key. */
const MAY_CAST: Readonly<Record<string, number>> = { "caching/key.ts": 1 };
const MOST_LINES = 250;

type Token = { readonly kind: SyntaxKind; readonly text: string };
type Source = { readonly path: string; readonly lines: number; readonly tokens: readonly Token[] };

const src = join(import.meta.dir, "../src");
const paths = [...new Bun.Glob("**/*.{ts,tsx}").scanSync(src)].sort();
const sources = await Promise.all(
  paths.map(async (path): Promise<Source> => {
    const text = await Bun.file(join(src, path)).text();
    return { path, lines: text.split("\n").length - 1, tokens: tokensOf(text, path) };
  }),
);

/** The tokens of a file: comments are left out, and what strings hold is no token of its own; the text between tags is taken for code. */
function tokensOf(text: string, path = ""): Token[] {
  const variant = path.endsWith(".tsx") ? LanguageVariant.JSX : LanguageVariant.Standard;
  const scanner = createScanner(true, variant, text);
  const tokens: Token[] = [];
  // For each open brace whether a template's text goes on behind it.
  const braces: boolean[] = [];
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    const isDivision = kind === SyntaxKind.SlashToken || kind === SyntaxKind.SlashEqualsToken;
    if (isDivision && !endsExpression(tokens.at(-1))) kind = scanner.reScanSlashToken();
    if (kind === SyntaxKind.OpenBraceToken) braces.push(false);
    if (kind === SyntaxKind.TemplateHead) braces.push(true);
    if (kind === SyntaxKind.CloseBraceToken && braces.pop() === true) {
      kind = scanner.reScanTemplateToken(false);
      if (kind === SyntaxKind.TemplateMiddle) braces.push(true);
    }
    tokens.push({ kind, text: scanner.getTokenText() });
  }
  return tokens;
}

/** Whether an expression may end with the token, so that `/` divides and `as` casts. */
function endsExpression(token: Token | undefined): boolean {
  if (token === undefined) return false;
  return (
    /^(?:[\w$#]+|["'`}].*|.*[)\]`])$/s.test(token.text) && !/^(?:return|typeof|case|in|of|readonly)$/.test(token.text)
  );
}

/** What a file imports, as written: by `import`, `export … from`, `import()` and in types. */
function importsOf({ tokens }: Source): string[] {
  return tokens.flatMap(({ kind, text }, i) => {
    if (kind !== SyntaxKind.StringLiteral) return [];
    const [before, beforeThat] = [tokens[i - 1]?.text, tokens[i - 2]?.text];
    const imported = before === "from" || before === "import" || (before === "(" && beforeThat === "import");
    return imported ? [text.slice(1, -1)] : [];
  });
}

/** Folder of a path below src, or the file itself where it wires others together or lies in no folder. */
function houseOf(path: string): string {
  return path.startsWith("wiring/") ? path : (path.split("/")[0] ?? path);
}

/** Folder within store of a path below src, where it lies in one. */
function tierOf(path: string): string | undefined {
  const [house, folder, file] = path.split("/");
  return house === "store" && file !== undefined ? folder : undefined;
}

/** What is wrong with an import within store, if anything. */
function breachOfTiers(path: string, target: string): string | undefined {
  const [own, other] = [tierOf(path), tierOf(target)];
  if (other === undefined || other === own || SHARED_BY_TIERS.includes(other)) return undefined;
  if (own !== undefined) return `${own} may not know ${other}`;
  return MAY_KNOW_TIERS.includes(path) ? undefined : "it knows no tier";
}

/** What is wrong with an import, if anything. */
function breach(path: string, specifier: string): string | undefined {
  const house = houseOf(path);
  if (!specifier.startsWith(".")) {
    const isSystem = specifier === "bun" || /^(?:bun|node):/.test(specifier);
    return isSystem && PURE.includes(house) ? "a pure folder knows no system" : undefined;
  }
  const target = join(dirname(path), specifier);
  if (target === "../package.json")
    return MAY_KNOW_PACKAGE.includes(path) ? undefined : "package.json is not its matter";
  if (target.startsWith("..")) return "it lies outside src";
  if (target === "server.ts") return MAY_KNOW_SERVER.includes(path) ? undefined : "only who starts it knows the server";
  const allowed = MAY_KNOW[house];
  if (allowed === undefined) return `${house} has no line in MAY_KNOW`;
  const other = houseOf(target);
  if (house === "store" && other === "store") return breachOfTiers(path, target);
  return other === house || allowed.includes(other) ? undefined : `${house} may not know ${other}`;
}

test.each(Object.entries(MAY_KNOW))("%s knows all that it may know", (house, allowed) => {
  const known = sources
    .filter(({ path }) => houseOf(path) === house)
    .flatMap((source) => importsOf(source).map((specifier) => houseOf(join(dirname(source.path), specifier))));
  expect(allowed.filter((other) => !known.includes(other))).toEqual([]);
});

test("the folders of store are those of tiers and what these share", () => {
  const folders = new Set(sources.map(({ path }) => tierOf(path)).filter((folder) => folder !== undefined));
  expect([...folders].sort()).toEqual([...TIERS, ...SHARED_BY_TIERS].sort());
});

/** Where a file has a run of tokens, as the numbers of their first ones. */
function runs({ tokens }: Source, ...texts: readonly string[]): number[] {
  return tokens.flatMap((_, i) => (texts.every((text, k) => tokens[i + k]?.text === text) ? [i] : []));
}

/** How often a value's type is asserted: neither `as const` nor the `as` that renames. */
function castsOf({ tokens }: Source): number {
  let renaming = false;
  let casts = 0;
  for (const [i, { kind, text }] of tokens.entries()) {
    const next = tokens[i + 1];
    if (text === "import" || text === "export") {
      renaming = next?.text === "{" || next?.text === "*" || next?.text === "type" || text === "import";
    }
    if (text === "}" || kind === SyntaxKind.StringLiteral) renaming = false;
    if (text !== "as" || renaming || !endsExpression(tokens[i - 1])) continue;
    if (next?.text !== "const" && !/^[:,;=?.)]$/.test(next?.text ?? "")) casts++;
  }
  return casts;
}

function isEmptyCatch(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.text !== "catch" || tokens[at - 1]?.text === ".") return false;
  const open = tokens.findIndex(({ text }, i) => i > at && text === "{");
  return tokens[open + 1]?.text === "}";
}

/** Where a file has text run as code. */
function codeFromText(source: Source): number[] {
  return [
    ...runs(source, "eval"),
    ...runs(source, "Function", "("),
    ...runs(source, "ShadowRealm"),
    ...runs(source, '"node:vm"'),
  ];
}

test("the rules are seen to be broken where they are", () => {
  const source = (text: string): Source => ({ path: "caching/x.ts", lines: 1, tokens: tokensOf(text) });
  const tricky = source(
    "const a = `$" + '{b /* as any */} as any`; const r = /[/"] as any/; // as any\n import { c as d } from "./e";',
  );
  expect(castsOf(tricky)).toBe(0);
  expect(tricky.tokens.filter(({ text }) => text === "any")).toEqual([]);
  expect(importsOf(tricky)).toEqual(["./e"]);
  expect(castsOf(source("f(x as Y, [y] as Z, z as const); const { as } = q; g(as, q.as, { as: 1 });"))).toBe(2);
  expect(castsOf(source("export type A = { b: C }; const d = e as F; export const g = h as I;"))).toBe(2);
  expect(importsOf(source('export * from "a"; import "b"; import("c"); type D = import("d").E; f("e");'))).toEqual([
    ..."abcd",
  ]);
  const catches = source("try { a } catch { /* why */ } try { b } catch (e) {} try { c } catch { d() } p.catch({})");
  expect(catches.tokens.filter((_, i) => isEmptyCatch(catches.tokens, i))).toHaveLength(2);
  const codes = ['eval("1")', "const e = eval; e(a)", 'new Function("a", "b")', 'import("node:vm")'];
  for (const text of codes) expect(codeFromText(source(text))).toHaveLength(1);
  expect(codeFromText(source('const f: Function = g; const t = "eval(1)"; // eval'))).toEqual([]);
  expect(breach("http/a.ts", "../caching/key.ts")).toBe("http may not know caching");
  expect(breach("proxy/a.ts", "../wire/back.ts")).toBe("proxy may not know wire");
  expect(breach("commands/clear.ts", "../server.ts")).toBeDefined();
  expect(breach("caching/a.ts", "node:fs")).toBeDefined();
  expect(breach("store/redis/a.ts", "../remote/b.ts")).toBeUndefined();
  expect(breach("store/redis/a.ts", "../sqlite/b.ts")).toBe("redis may not know sqlite");
  expect(breach("store/a.ts", "./redis/b.ts")).toBe("it knows no tier");
  expect(breach("new/a.ts", "./b.ts")).toBe("new has no line in MAY_KNOW");
});

describe.each(sources.map((source): [string, Source] => [source.path, source]))("src/%s", (path, source) => {
  test("imports only downward", () => {
    const breaches = importsOf(source).flatMap((specifier) => {
      const why = breach(path, specifier);
      return why === undefined ? [] : [`${specifier}: ${why}`];
    });
    expect(breaches).toEqual([]);
    expect(Object.keys(MAY_KNOW)).toContain(houseOf(path));
  });

  test(`has at most ${MOST_LINES} lines`, () => {
    expect(source.lines).toBeLessThanOrEqual(MOST_LINES);
  });

  test("asserts no types and lets no any in", () => {
    expect(castsOf(source)).toBe(MAY_CAST[path] ?? 0);
    const any = source.tokens.filter(({ kind }, i) => {
      const isName = source.tokens[i - 1]?.text === "." || source.tokens[i + 1]?.text === ":";
      return kind === SyntaxKind.AnyKeyword && !isName;
    });
    expect(any).toEqual([]);
  });

  test("makes no code of text", () => {
    expect(codeFromText(source)).toEqual([]);
  });

  test("catches nothing silently", () => {
    expect(source.tokens.filter((_, i) => isEmptyCatch(source.tokens, i))).toEqual([]);
  });
});

test.each(sources.filter(({ path }) => PURE.includes(houseOf(path))))("src/$path reads no clock", (source) => {
  expect(runs(source, "Date", ".", "now")).toEqual([]);
  expect(runs(source, "performance", ".", "now")).toEqual([]);
  expect([...runs(source, "Date", "(", ")"), ...runs(source, "new", "Date", ";")]).toEqual([]);
});
