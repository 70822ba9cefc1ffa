/**
 * Where a program lies that the tests run for real.
 * @throws Error that says how to get it
 */
export function program(name: "redis-server" | "memcached"): string {
  const path = Bun.which(name);
  if (path === null) throw new Error(`the tests run a real ${name}, which is not in PATH: apt install ${name}`);
  return path;
}
