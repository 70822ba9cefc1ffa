/** What the page is made of, as browsers take it. */
export type PageParts = { readonly script: string; readonly style: string };

/**
 * Script and style of the live page: those that are built in, or bundled now where no macro may run, which is so below node_modules.
 * @throws where it is bundled now and does not build
 */
export async function loadPage(): Promise<PageParts> {
  if (!/[/\\]node_modules[/\\]/.test(import.meta.path)) return import("./built-in.ts");
  const { bundled } = await import("./bundle.ts");
  const [script, style] = await Promise.all([bundled("main.tsx"), bundled("page.css")]);
  return { script, style };
}
