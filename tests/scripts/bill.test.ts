import { expect, test } from "bun:test";
import packageJson from "../../package.json" with { type: "json" };
import { billOf, readLock } from "../../scripts/bill.ts";

const LOCK = `{
  "lockfileVersion": 2,
  "workspaces": { "": { "name": "own", "dependencies": { "a": "1.0.0" }, "devDependencies": { "@s/b": "2.0.0" } } },
  "packages": {
    "@s/b": ["@s/b@2.0.0", "", { "dependencies": { "c": "^2" }, "optionalDependencies": { "elsewhere": "1" } }, "sha512-AAEC"],
    "a": ["a@1.0.0", "", { "dependencies": { "c": "^1" }, "peerDependencies": { "t": "*" }, "optionalPeers": ["t"] }, "sha512-AQID"],
    "c": ["c@1.1.0", "", {}, "sha512-AQID"],
    "@s/b/c": ["c@2.1.0", "", {}, "sha512-AQID"],
    "t": ["t@9.0.0+x", "", {}, "sha512-AQID"],
  },
}`;

const OWN = { name: "own", version: "0.1.0", license: "MIT" };

test("names each package once, with its digest, what it needs, and whether it is shipped", () => {
  expect(billOf(OWN, readLock(LOCK), "1.4.5")).toMatchObject({
    bomFormat: "CycloneDX",
    components: [
      { name: "bun", version: "1.4.5", scope: "required" },
      { purl: "pkg:npm/%40s/b@2.0.0", scope: "excluded", hashes: [{ alg: "SHA-512", content: "000102" }] },
      { purl: "pkg:npm/a@1.0.0", scope: "required", hashes: [{ alg: "SHA-512", content: "010203" }] },
      { purl: "pkg:npm/c@1.1.0", scope: "required" },
      { purl: "pkg:npm/c@2.1.0", scope: "excluded" },
    ],
    dependencies: [
      { ref: "pkg:npm/own@0.1.0" },
      { dependsOn: [] },
      { ref: "pkg:npm/%40s/b@2.0.0", dependsOn: ["pkg:npm/c@2.1.0"] },
      { ref: "pkg:npm/a@1.0.0", dependsOn: ["pkg:npm/c@1.1.0"] },
      { ref: "pkg:npm/c@1.1.0", dependsOn: [] },
      { ref: "pkg:npm/c@2.1.0", dependsOn: [] },
    ],
  });
});

test.each(['{ "packages": { "a": ["a@file:../a"] } }', '{ "packages": { "a": ["a@git+https://h/a#b"] } }'])(
  "%s holds what no registry has",
  (text) => {
    expect(() => readLock(text)).toThrow("no package of a registry");
  },
);

test("bun run sbom writes the same each time: all that is shipped is in it, and names of its own are unique", () => {
  const [first, second] = [0, 1].map(() =>
    Bun.spawnSync([process.execPath, "--no-env-file", "scripts/sbom.ts"]).stdout.toString(),
  );
  expect(first).toBe(second ?? "");
  const bill: {
    components: { name: string; version: string; scope: string; "bom-ref": string }[];
    dependencies: { ref: string; dependsOn: string[] }[];
  } = JSON.parse(first ?? "");
  const shipped = new Map(
    bill.components.filter(({ scope }) => scope === "required").map((one) => [one.name, one.version]),
  );
  for (const [name, version] of Object.entries(packageJson.dependencies)) expect(shipped.get(name)).toBe(version);
  for (const name of Object.keys(packageJson.devDependencies)) expect(shipped.has(name)).toBe(false);
  const refs = new Set(bill.dependencies.map(({ ref }) => ref));
  expect(refs.size).toBe(bill.components.length + 1);
  expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
});
