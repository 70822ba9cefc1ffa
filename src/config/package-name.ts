import manifest from "../../package.json" with { type: "json" };

/** What a module imports us by; package.json alone says it. */
export const { name: packageName } = manifest;
