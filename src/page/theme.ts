/** Light, dark, or what the system says. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const NAME = "caching-proxy-theme";

/** What was chosen before. */
export function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(NAME);
    return THEMES.find((theme) => theme === stored) ?? "system";
  } catch (error) {
    console.warn("The browser stores nothing for this page.", error);
    return "system";
  }
}

/** Shows the page so, from now on. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(NAME, theme);
  } catch (error) {
    console.warn("The theme is forgotten with this page: the browser stores nothing for it.", error);
  }
}
