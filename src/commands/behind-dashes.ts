/** The words of a command line that are about the proxy. */
export function ownWords(argv: readonly string[]): readonly string[] {
  const dashes = argv.indexOf("--");
  return dashes < 0 ? argv : argv.slice(0, dashes);
}

/** The command behind `--`, with its arguments; undefined where there are no dashes. */
export function wordsBehind(argv: readonly string[]): readonly string[] | undefined {
  const dashes = argv.indexOf("--");
  return dashes < 0 ? undefined : argv.slice(dashes + 1);
}
