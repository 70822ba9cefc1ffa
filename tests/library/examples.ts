import { join } from "node:path";

/** A file that docs/library.md shows. */
export type Example = { readonly name: string; readonly text: string };

/** The page as it is written. */
export async function libraryPage(): Promise<string> {
  return Bun.file(join(import.meta.dir, "../../docs/library.md")).text();
}

/** The files that the page shows: each block whose first line names one. */
export async function examples(): Promise<readonly Example[]> {
  const blocks = (await libraryPage()).matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, name = "", text = ""]) => ({ name, text }));
}
