/** Writes what the program is made of as CycloneDX 1.6 to standard output, from the lock file alone: `bun run sbom > sbom.json`. */
import packageJson from "../package.json" with { type: "json" };
import { billOf, readLock } from "./bill.ts";

const lock = readLock(await Bun.file(new URL("../bun.lock", import.meta.url)).text());
const { name, version, license } = packageJson;
process.stdout.write(`${JSON.stringify(billOf({ name, version, license }, lock, Bun.version), null, 2)}\n`);
