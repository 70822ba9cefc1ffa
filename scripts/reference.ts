/** Writes docs/reference.md anew: `bun run docs:reference`. */
import { referencePage } from "./reference-page.ts";

await Bun.write(new URL("../docs/reference.md", import.meta.url), referencePage());
