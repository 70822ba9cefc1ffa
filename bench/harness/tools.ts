/** The Debian packages that hold the programs that are measured with or against. */
const PACKAGES: Readonly<Record<string, string>> = {
  "redis-server": "redis-server",
  memcached: "memcached",
  nginx: "nginx-light",
  varnishd: "varnish",
  wrk: "wrk",
};

const PATH = `${process.env.PATH ?? ""}:/usr/sbin:/usr/local/sbin`;

/**
 * Finds a program, and installs its package where this is Debian and one may.
 * @returns its absolute path
 * @throws Error that says what to install by hand
 */
export async function tool(name: string): Promise<string> {
  const found = Bun.which(name, { PATH });
  if (found !== null) return found;
  const packageName = PACKAGES[name] ?? name;
  if (process.getuid?.() === 0 && Bun.which("apt-get") !== null) {
    console.error(`installing ${packageName} …`);
    const install = `apt-get update -q && apt-get install -y -q --no-install-recommends ${packageName}`;
    await Bun.spawn(["sh", "-c", install], { stdout: "ignore", stderr: "ignore" }).exited;
    const installed = Bun.which(name, { PATH });
    if (installed !== null) return installed;
  }
  throw new Error(`The benchmark needs ${name}, which is not there. Install it, e.g. apt-get install ${packageName}.`);
}
