import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { libraryPage } from "./examples.ts";

const src = join(import.meta.dir, "../../src");

/** A symbol that the package exports, and where it is declared. */
type Exported = { readonly name: string; readonly declared: string; readonly path: string; readonly text: string };

/** The names in braces behind `export` or `import`, each as `own as other` has it, with the file that they are of. */
function named(text: string, word: "export" | "import"): { own: string; other: string; from: string }[] {
  const statements = text.matchAll(new RegExp(`^${word} (?:type )?\\{([^}]*)\\}(?: from "([^"]+)")?;`, "gm"));
  return [...statements].flatMap(([, names = "", from = ""]) =>
    names
      .split(",")
      .map((each) => each.trim().replace(/^type /, ""))
      .filter((each) => each !== "")
      .map((each) => {
        const [own = "", other = own] = each.split(" as ");
        return { own, other, from };
      }),
  );
}

/** Follows a name to the file that declares it. */
async function declaration(name: string, path: string, as: string): Promise<Exported> {
  const text = await Bun.file(path).text();
  if (new RegExp(`^export (?:type|function|class|const) ${name}\\b`, "m").test(text)) {
    return { name: as, declared: name, path, text };
  }
  const passedOn = named(text, "import").find(({ other }) => other === name);
  if (passedOn === undefined) throw new Error(`${path} declares no ${name}, and imports none.`);
  return declaration(passedOn.own, join(path, "..", passedOn.from), as);
}

const index = await Bun.file(join(src, "index.ts")).text();
const symbols = await Promise.all(
  named(index, "export").map(({ own, other, from }) => declaration(own, join(src, from), other)),
);

/** The declaration itself, from its docstring to the line that ends it. */
function lines({ declared, text }: Exported): readonly string[] {
  const all = text.split("\n");
  const begin = all.findIndex((line) => new RegExp(`^export (?:type|function|class|const) ${declared}\\b`).test(line));
  const end = all.findIndex((line, i) => i >= begin && /^(?:\S.*)?[;}]\)?;?$/.test(line) && !/[{(]$/.test(line));
  return all.slice(Math.max(0, begin - 1), end + 1);
}

/** The docstring that ends right before a declaration. */
function docstring({ declared, text }: Exported): string | undefined {
  const [before] = text.split(new RegExp(`^export (?:type|function|class|const) ${declared}\\b`, "m"));
  return /\/\*\*((?:(?!\*\/).)*)\*\/\n$/s.exec(before ?? "")?.[1];
}

/** Members that are said without a word of what they are. */
function undocumented(symbol: Exported): readonly string[] {
  const written = lines(symbol);
  return written.filter((line, i) => {
    const isMember = /^ {2}(?:readonly )?(?:\w+\??(?:\(|:)|\[?\()/.test(line) && !/^ {2}constructor\(/.test(line);
    return isMember && i > 0 && !/\*\/$/.test(written[i - 1] ?? "");
  });
}

const page = await libraryPage();
const rows = (page.split("\n## Reference\n")[1] ?? "").split("\n").filter((line) => line.startsWith("| `"));
const cells = rows.map((row) => row.split(/(?<!\\) ?\| ?/).slice(1, -1));
const listed = cells.map(([names = "", , fails = "", source = ""]) => ({
  names: [...names.matchAll(/`(\w+)`/g)].flatMap(([, name = ""]) => name),
  fails,
  source: /\]\(\.\.\/src\/([^)]+)\)/.exec(source)?.[1],
}));

test("the symbols are found", () => {
  expect(symbols.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["createProxy", "cachedFetch", "Rule", "Stats", "InvalidOptions", "Exchange"]),
  );
  const undocumentedType = "/** A. */\nexport type A = {\n  /** B. */\n  readonly b: 1;\n  readonly c: 2;\n};\n";
  const example = { name: "A", declared: "A", path: "", text: undocumentedType };
  expect([docstring(example), undocumented(example)]).toEqual([" A. ", ["  readonly c: 2;"]]);
  expect(docstring({ ...example, text: "/** A. */\n\nexport type A = 1;" })).toBeUndefined();
});

describe.each(symbols.map((symbol) => [symbol.name, symbol] as const))("%s", (name, symbol) => {
  test("says what it is, and so does each of its members", () => {
    expect(docstring(symbol)?.trim() ?? "").not.toBe("");
    expect(undocumented(symbol)).toEqual([]);
  });

  test("stands once in the reference, with its source", () => {
    const mine = listed.filter(({ names }) => names.includes(name));
    expect(mine.map(({ source }) => source)).toEqual([symbol.path.slice(src.length + 1)]);
  });

  test("says what it throws where it is called", () => {
    const isCalled = new RegExp(`^export function ${symbol.declared}\\b`, "m").test(symbol.text);
    if (!isCalled) return;
    expect(docstring(symbol)).toMatch(/@throws|[Tt]hrows nothing/);
    expect(listed.find(({ names }) => names.includes(name))?.fails).not.toBe("");
  });
});

test("nothing else stands in the reference", () => {
  expect(listed.flatMap(({ names }) => names).sort()).toEqual(symbols.map(({ name }) => name).sort());
});
