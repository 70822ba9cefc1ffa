import { useState } from "preact/hooks";
import { applyTheme, storedTheme, THEMES, type Theme } from "./theme.ts";

const SIGNS: Readonly<Record<Theme, string>> = { system: "◐", light: "☀", dark: "☾" };

/** Goes from the system's theme to light to dark and back. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(storedTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const label = `Theme: ${theme}. Change to ${next}.`;
  const change = (): void => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" class="icon" aria-label={label} title={label} onClick={change}>
      <span aria-hidden="true">{SIGNS[theme]}</span>
    </button>
  );
}
