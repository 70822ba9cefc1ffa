import { describe, expect, test } from "bun:test";
import { releasedAs } from "../../scripts/changelog.ts";
import { nextVersion } from "../../scripts/next-version.ts";

test("what is unreleased becomes a version's section, and those below stay", () => {
  const before = "# Changelog\n\n## Unreleased\n\n### Added\n\n- new\n\n## 0.1.0 (2026-01-01)\n\n- old\n";
  const { changelog, section } = releasedAs(before, "0.2.0", "2026-11-23");
  expect(section).toBe("### Added\n\n- new");
  expect(changelog).toBe(
    "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-23)\n\n### Added\n\n- new\n\n## 0.1.0 (2026-01-01)\n\n- old\n",
  );
  expect(() => releasedAs(changelog, "0.3.0", "2026-11-24")).toThrow("nothing to release");
});

test("a changelog without the section is refused", () => {
  expect(() => releasedAs("# Changelog\n", "0.2.0", "2026-11-23")).toThrow("no line");
});

describe("the next version of 1.4.9", () => {
  test.each([
    ["patch", "1.4.10"],
    ["minor", "1.5.0"],
    ["major", "2.0.0"],
    ["1.10.0", "1.10.0"],
  ])("by %s is %s", (how, next) => {
    expect(nextVersion("1.4.9", how)).toBe(next);
  });

  test.each(["1.4.9", "1.3.0", "2", "new"])("by %s is refused", (how) => {
    expect(() => nextVersion("1.4.9", how)).toThrow("neither");
  });
});
