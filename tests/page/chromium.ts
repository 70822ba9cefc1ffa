import { type Browser, chromium } from "playwright-core";

/** What Chromium is called on Debian, on Ubuntu and by who makes Chrome. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Starts a headless Chromium with a profile of its own. */
export async function launch(): Promise<Browser> {
  const executablePath = NAMES.map((name) => Bun.which(name)).find((path) => path !== null);
  if (executablePath === undefined) {
    throw new Error(
      `There is no ${NAMES.join(" nor ")} on the path, which the tests of the page need. \`apt-get install chromium\` installs one; .ci/run does that by itself.`,
    );
  }
  // Those who build as root in a container have no sandbox to put it in; it opens nothing but our own page.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"] });
}
