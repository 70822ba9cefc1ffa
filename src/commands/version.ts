import manifest from "../../package.json" with { type: "json" };

/** The version of the package, also inside a compiled executable. */
export const { version } = manifest;
