import { describe, expect, test } from "bun:test";
import { checkConfig } from "../../src/config/check-config.ts";
import { configTemplate } from "../../src/config/config-template.ts";
import { serveFlags } from "../../src/config/flags.ts";

/** What a module of that text exports. */
function contentOf(text: string): unknown {
  const [, object = ""] = /defineConfig\((\{.*\})\);\n$/s.exec(text) ?? [];
  return new Function(`return ${object};`)();
}

describe("a config file that init writes", () => {
  const text = configTemplate(serveFlags, "http://localhost:8080/");

  test("says the origin alone", () => {
    const config = checkConfig(serveFlags, contentOf(text), "it");
    expect(config).toEqual({
      ok: true,
      value: { settings: new Map([["origin", "http://localhost:8080/"]]), rules: [], seed: undefined },
    });
    expect(contentOf(configTemplate(serveFlags, undefined))).toEqual({ rules: [] });
  });

  test("shows every setting with what counts without it, and rules, all of which may be said", () => {
    const config = checkConfig(serveFlags, contentOf(text.replaceAll(/^( +)\/\/ (\w+: .*,|\{.*\},)$/gm, "$1$2")), "it");
    if (!config.ok) throw new Error(config.message);
    const { settings, rules } = config.value;
    const expected = Object.entries(serveFlags).filter(([name, flag]) => !("action" in flag) && name !== "config");
    expect([...settings.keys()].sort()).toEqual(expected.map(([name]) => name).sort());
    for (const [name, flag] of expected) {
      if ("fallback" in flag && name !== "origin") expect([name, settings.get(name)]).toEqual([name, flag.fallback]);
    }
    expect(rules).toHaveLength(2);
  });
});
