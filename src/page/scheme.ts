import { useLayoutEffect, useState } from "preact/hooks";

/** Light or dark, as the page is shown now. */
export function useScheme(): "light" | "dark" {
  const [scheme, setScheme] = useState(shownScheme);
  useLayoutEffect(() => {
    const follow = (): void => setScheme(shownScheme());
    const system = matchMedia("(prefers-color-scheme: dark)");
    const chosen = new MutationObserver(follow);
    chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    system.addEventListener("change", follow);
    return () => {
      chosen.disconnect();
      system.removeEventListener("change", follow);
    };
  }, []);
  return scheme;
}

function shownScheme(): "light" | "dark" {
  const { theme } = document.documentElement.dataset;
  if (theme === "light" || theme === "dark") return theme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/**
 * A colour of the style sheet as a canvas takes it.
 * @param name of a custom property: `--hit`
 */
export function colourOf(name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
