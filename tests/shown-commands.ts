/** A command line that a page shows, and the words that are ours. */
export type Shown = { readonly line: string; readonly words: readonly string[] };

const PROGRAM =
  /^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:bunx --no-install caching-proxy|bun run caching-proxy|caching-proxy|bun start)(?= |$)/;

/** The command lines of ours in a page: those of code blocks, and what stands between backticks. */
export function shownCommands(page: string): readonly Shown[] {
  const lines = page.split("\n");
  let isFenced = false;
  const code = lines.flatMap((line) => {
    if (line.trimStart().startsWith("```")) isFenced = !isFenced;
    return isFenced || /^ {4,}\S/.test(line) ? [line.trim()] : [];
  });
  const inline = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => text);
  return [...code, ...inline].flatMap((line) =>
    // What follows the program's name without a word is about the program, or printed by it.
    PROGRAM.test(line) && !isGrammar(line) ? [{ line, words: wordsOf(line.replace(PROGRAM, "")) }] : [],
  );
}

/** `caching-proxy purge [URL|PATH …]` says what may be written; `caching-proxy 0.1.0 ready` is printed. */
function isGrammar(line: string): boolean {
  return /[[\]…]|^caching-proxy \d/.test(line) || line.startsWith("caching-proxy;");
}

/** The words of a line up to where a shell would begin another command, a redirection or a comment. */
export function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const [, single, double, bare = "", rest] of line.matchAll(
    /'([^']*)'|"([^"]*)"|((?:[^\s'"]|(?<=\S)["'][^"']*["'])+)|(\s+)/g,
  )) {
    if (rest !== undefined) continue;
    if (single === undefined && double === undefined && /^(?:[|;&<>#]|\d?>)/.test(bare)) break;
    words.push(single ?? double ?? bare.replace(/["']/g, ""));
  }
  return words;
}
