/**
 * The version that comes next.
 * @param how patch, minor or major, or a version that is later than the current one
 * @throws where it is neither
 */
export function nextVersion(current: string, how: string): string {
  const [major = 0, minor = 0, patch = 0] = current.split(".").map(Number);
  switch (how) {
    case "major":
      return `${major + 1}.0.0`;
    case "minor":
      return `${major}.${minor + 1}.0`;
    case "patch":
      return `${major}.${minor}.${patch + 1}`;
    default:
      if (/^\d+\.\d+\.\d+$/.test(how) && Bun.semver.order(how, current) === 1) return how;
      throw new Error(`${how} is neither patch, minor nor major, nor a version later than ${current}`);
  }
}
