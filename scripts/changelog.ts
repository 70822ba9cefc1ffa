const UNRELEASED = "## Unreleased";

/**
 * Gives what is unreleased the heading of a version.
 * @param date as in 2026-11-23
 * @returns the changelog with an empty section of what is unreleased above it, and the text of the version's section
 * @throws where there is no such section, or nothing in it
 */
export function releasedAs(changelog: string, version: string, date: string): { changelog: string; section: string } {
  const start = changelog.split("\n").indexOf(UNRELEASED);
  if (start < 0) throw new Error(`CHANGELOG.md has no line ${JSON.stringify(UNRELEASED)}`);
  const lines = changelog.split("\n");
  const below = lines.findIndex((line, at) => at > start && line.startsWith("## "));
  const end = below < 0 ? lines.length : below;
  const section = lines
    .slice(start + 1, end)
    .join("\n")
    .trim();
  if (!/^- /m.test(section)) throw new Error("CHANGELOG.md has nothing under Unreleased: there is nothing to release");
  const head = lines.slice(0, start).join("\n");
  const rest = lines.slice(end).join("\n");
  const parts = [`${head}\n${UNRELEASED}`, `## ${version} (${date})`, section, rest].filter((part) => part !== "");
  return { changelog: `${parts.join("\n\n").trimEnd()}\n`, section };
}
