/** What `bun audit --json` said on standard output and on standard error. */
export type Audit = { readonly text: string; readonly complaint: string };

/** What there is to say, and whether it ends a build. */
export type Verdict = { readonly lines: readonly string[]; readonly exitCode: 0 | 1 };

type Known = { readonly name: string; readonly severity: string; readonly title: string; readonly url: string };

const GRAVE = ["high", "critical"];

/**
 * Sums up what is known against the packages.
 * @param shipped about those that the program is made of
 * @param all about those for development as well
 */
export function summed(shipped: Audit, all: Audit): Verdict {
  const [grave, others] = [knownIn(shipped.text), knownIn(all.text)];
  if (grave === undefined || others === undefined) {
    const why = (grave === undefined ? shipped : all).complaint.trim().split("\n").at(-1) ?? "";
    // A build whose network ends at a mirror without advisories says nothing of the packages.
    return { lines: [`skipped: the advisory service cannot be asked (${why || "no answer"})`], exitCode: 0 };
  }
  const names = new Set(grave.map(textOf));
  const forDevelopment = others.map(textOf).filter((text) => !names.has(text));
  return {
    lines: [
      ...[...names].map((text) => `shipped: ${text}`),
      ...forDevelopment.map((text) => `development only: ${text}`),
      `${names.size} grave in what is shipped, ${forDevelopment.length} in what is for development`,
    ],
    exitCode: names.size === 0 ? 0 : 1,
  };
}

function textOf({ name, severity, title, url }: Known): string {
  return `${name}, ${severity}: ${title} ${url}`;
}

/** Undefined for what is no answer of the service. */
function knownIn(text: string): readonly Known[] | undefined {
  const read = parsed(text);
  if (typeof read !== "object" || read === null || Array.isArray(read)) return undefined;
  return Object.entries(read)
    .flatMap(([name, found]: readonly [string, unknown]) =>
      (Array.isArray(found) ? found : []).map((one: unknown) => knownOf(name, one)),
    )
    .filter(({ severity }) => GRAVE.includes(severity));
}

function knownOf(name: string, found: unknown): Known {
  const member = (of: string): string => {
    const value: unknown = typeof found === "object" && found !== null ? Reflect.get(found, of) : undefined;
    return typeof value === "string" ? value : "";
  };
  return { name, severity: member("severity"), title: member("title"), url: member("url") };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
