import { accept, type Parsed, refuse } from "./parsed.ts";

/** Reads the name of a scenario; whether anything knows it is seen once rules and fixtures are there. */
export function parseScenario(text: string): Parsed<string> {
  return text.trim() === "" ? refuse("names no scenario: write --scenario NAME") : accept(text);
}
