import { settingOf, variableOf } from "./flag-names.ts";
import { type Flag, type Flags, GROUPS } from "./flags.ts";
import { packageName } from "./package-name.ts";

/**
 * A config file that says nothing but the origin, and shows all that it could say, with what counts where it does not.
 * @param origin a URL; where there is none, its line is a comment as well
 */
export function configTemplate(flags: Flags, origin: string | undefined): string {
  const sections = GROUPS.flatMap((group) => {
    const settings = Object.entries(flags).filter(
      ([name, flag]) => flag.group === group && flag.action === undefined && name !== "config",
    );
    return settings.length === 0 ? [] : [section(group, settings, origin)];
  });
  return `import { defineConfig } from ${JSON.stringify(packageName)};

// A flag wins over an environment variable, and that over this file. Sizes read "64kb", durations "5m".
export default defineConfig({
${sections.join("\n")}
  // Rules are for some requests: docs/rules.md has all that they do. They count as soon as this file is saved.
  rules: [
    // { match: "/products/*", ttl: "5m", staleIfError: "1d" },
    // { match: "/api/*", cors: true, request: { headers: { cookie: null } } },
  ],
});
`;
}

function section(group: string, settings: readonly (readonly [string, Flag])[], origin: string | undefined): string {
  const lines = settings.flatMap(([name, flag]) => [
    `  // ${flag.description}${flag.valueHint === undefined ? "" : `: ${flag.valueHint}`} (${variableOf(name)})`,
    name === "origin" && origin !== undefined
      ? `  origin: ${JSON.stringify(origin)},`
      : `  // ${settingOf(name)}: ${exampleOf(flag)},`,
  ]);
  return [`  // — ${group} —`, ...lines, ""].join("\n");
}

/** What counts where nothing is said, or else what kind of value it takes. */
function exampleOf({ type, fallback, valueHint }: Flag): string {
  if (type === "boolean") return "false";
  return JSON.stringify(fallback ?? valueHint ?? "");
}
