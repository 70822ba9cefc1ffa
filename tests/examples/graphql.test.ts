import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { example, urlOf } from "./example.ts";

const shared = cleanup();

function files(folder: string): Readonly<Record<string, string>> {
  const all = readdirSync(folder).filter((file) => file.endsWith(".http"));
  return Object.fromEntries(all.sort().map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

describe("a GraphQL client", () => {
  test("records the fixtures that the example has", async () => {
    const { run, folder } = example(shared, "graphql");
    const committed = files(join(folder, "fixtures"));
    rmSync(join(folder, "fixtures"), { recursive: true });
    const origin = new URL(await urlOf(run("server", { API_PORT: "0" }))).origin;
    expect(await run("record", { CACHING_PROXY_ORIGIN: origin }).exited).toBe(0);
    expect(files(join(folder, "fixtures"))).toEqual(committed);
    expect(Object.keys(committed).length).toBe(2);
  });

  test("is answered from them alone, however its queries are laid out", async () => {
    const { run, folder } = example(shared, "graphql");
    const shop = join(folder, "shop.ts");
    await Bun.write(shop, (await Bun.file(shop).text()).replaceAll(/\{\n +title/g, "{ # comment\n title"));
    const frozen = run("frozen");
    expect(await frozen.exited).toBe(0);
    await frozen.stdout.ended;
    expect(frozen.stdout.all).toEqual(["Mascara: 9.99", "up to 50: Mascara"]);
  });

  test("with other variables ends a frozen run, which says what differs, as the example's page has it", async () => {
    const { run, folder } = example(shared, "graphql");
    const frozen = run("frozen", {}, "2");
    expect(await frozen.exited).toBe(3);
    await frozen.stderr.ended;
    const said = frozen.stderr.all.join("\n");
    expect(said).toContain("504");
    const page = readFileSync(join(folder, "README.md"), "utf8");
    const [told = ""] = /^ {4}error: 1 request[\s\S]*/m.exec(page) ?? [];
    expect(told).toContain("/variables/id");
    expect(said).toContain(told.trimEnd().replaceAll(/^ {4}/gm, ""));
  });
});
