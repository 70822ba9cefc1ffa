/** The arguments by which this process can be started once more, behind the path of its executable. */
export function ownArguments(): readonly string[] {
  // A compiled file puts its own name in front by itself.
  return Bun.isStandaloneExecutable ? process.argv.slice(2) : [...process.execArgv, ...process.argv.slice(1)];
}
