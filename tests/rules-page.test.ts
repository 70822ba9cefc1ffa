import { describe, expect, test } from "bun:test";
import { renderReport, renderRules, rulesList, rulesReport } from "../src/commands/rules-report.ts";
import { checkConfig } from "../src/config/check-config.ts";
import type { ConfigFile } from "../src/config/file.ts";
import { serveFlags } from "../src/config/flags.ts";

const page = await Bun.file(new URL("../docs/rules.md", import.meta.url)).text();
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind = "", text = ""]) => ({ kind, text }));
const NAME = "caching-proxy.config.yaml";

function fileOf(text: string): ConfigFile {
  const content: unknown = Bun.YAML.parse(text);
  const checked = checkConfig(serveFlags, content, NAME);
  if (!checked.ok) throw new Error(checked.message);
  return { ...checked.value, path: `/${NAME}`, name: NAME, text, content };
}

describe("docs/rules.md", () => {
  test.each(blocks.flatMap(({ kind, text }, i) => (kind === "yaml" ? [[i, text] as const] : [])))(
    "block %i is a config",
    (_, text) => {
      expect(fileOf(text).rules.length).toBeGreaterThan(0);
    },
  );

  test("the module says the same as the YAML behind it", async () => {
    const [module, yaml] = blocks;
    const config: unknown[] = [];
    const code = new Bun.Transpiler({ loader: "ts" }).transformSync(
      (module?.text ?? "").replace(/^import.*$/m, "").replace("export default defineConfig", "defineConfig"),
    );
    new Function("defineConfig", code)((each: unknown) => config.push(each));
    expect(config).toEqual([Bun.YAML.parse(yaml?.text ?? "")]);
  });

  test("`rules` prints what the page shows, of the config before it", () => {
    const shown = blocks.flatMap((block, i) => (block.text.startsWith("$ caching-proxy rules") ? [{ block, i }] : []));
    expect(shown.length).toBeGreaterThan(0);
    for (const { block, i } of shown) {
      const file = fileOf(blocks[i - 1]?.text ?? "");
      const printed = [...block.text.matchAll(/^\$ (.*)$/gm)].map(
        ([, line = ""]) => `$ ${line}\n${output(file, line)}`,
      );
      expect(printed.join("")).toBe(block.text);
    }
  });

  test("what is said to be wrong is", () => {
    const content = { rules: [{}, { dely: "1s" }] };
    const checked = checkConfig(serveFlags, content, NAME);
    expect(page).toContain(`error: ${checked.ok ? "nothing" : checked.message}`);
  });

  test("every property has its row", () => {
    const rows = new Set([...page.matchAll(/^\| `([a-zA-Z.]+)`(?:, `(\w+)`)? \|/gm)].flatMap(([, a, b]) => [a, b]));
    const every = {
      ...{
        origin: "http://h",
        ttl: "1s",
        staleWhileRevalidate: 0,
        staleIfError: 0,
        key: { ignore: ["a"], query: "exact", body: true },
      },
      ...{ request: { headers: {} }, response: { headers: {}, status: 200, body: "" }, cors: true, cookies: {} },
      ...{ location: "rewrite", delay: 0, bandwidth: "1b/s", fault: { type: "reset" } },
    };
    const checked = checkConfig(serveFlags, { rules: [every, { cache: false }] }, NAME);
    if (!checked.ok) throw new Error(checked.message);
    const properties = new Set(checked.value.rules.flatMap(({ values }) => Object.keys(values)));
    expect([...properties].filter((property) => !rows.has(property))).toEqual([]);
  });
});

function output(file: ConfigFile, line: string): string {
  const [, path, method = "GET"] = /^caching-proxy rules(?: (\/\S*))?(?: -X (\w+))?$/.exec(line) ?? [];
  if (path === undefined) return renderRules(rulesList(file));
  const asked = { method, url: new URL(path, "http://localhost"), headers: new Headers() };
  return renderReport(rulesReport(file, asked), false);
}
