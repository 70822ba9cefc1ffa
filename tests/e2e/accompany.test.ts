import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { runCommand } from "./proxy.ts";

const shared = cleanup();

/** Runs the proxy with a program behind `--`; how that ended, and what both said. */
async function accompanied(flags: string, program: string, after: (pid: number) => void = () => undefined) {
  const words = flags.split(" ").filter((word) => word !== "");
  const command = runCommand(shared, [...words, "--", process.execPath, "-e", program]);
  command.stdout
    .find((line) => line.includes("begun"))
    .then(
      () => after(command.pid),
      () => undefined,
    );
  const code = await command.exited;
  await Promise.all([command.stdout.ended, command.stderr.ended]);
  return { code, stdout: command.stdout.all, stderr: command.stderr.all.join("\n") };
}

const asking = (path: string): string =>
  `const answer = await fetch(process.env.CACHING_PROXY_URL + "${path}"); console.log(answer.status, answer.headers.get("x-cache"));`;

describe("a command behind --", () => {
  test.each(["", " --workers 2"])("records, and then needs no origin nor anything but fixtures%s", async (workers) => {
    const stub = origin(shared, counted({}));
    const root = scratch(shared);
    const recorded = await accompanied(`--origin ${stub.url} --fixtures ${root}${workers}`, asking("/p"));
    expect(recorded).toEqual({ code: 0, stdout: ["200 MISS"], stderr: "fixtures recorded: 1 new" });
    expect(readdirSync(root)).toContain("p.http");
    const frozen = `--fixtures ${root} --frozen${workers}`;
    expect(await accompanied(frozen, asking("/p"))).toEqual({ code: 0, stdout: ["200 HIT"], stderr: "" });
    const { code, stderr } = await accompanied(frozen, asking("/other"));
    expect([code, stderr]).toEqual([3, expect.stringContaining("1 request had no fixture:\n  GET /other")]);
    expect(stub.seen).toHaveLength(1);
  });

  test.each([
    ["process.exit(7)", 7],
    ['process.kill(process.pid, "SIGKILL")', 137],
  ])("%s: its end is that of the whole", async (program, code) => {
    expect(await accompanied("--origin http://127.0.0.1:9", program)).toMatchObject({ code, stderr: "" });
  });

  test("is told to end by a SIGTERM to the proxy", async () => {
    const program =
      'process.on("SIGTERM", () => process.exit(5)); setInterval(() => undefined, 1000); console.log("begun")';
    const end = await accompanied("--origin http://127.0.0.1:9", program, (pid) => process.kill(pid, "SIGTERM"));
    expect(end).toMatchObject({ code: 5 });
  });

  test("has nothing of what Bun was told for the proxy's sake", async () => {
    const program =
      "console.log(Object.keys(process.env).filter((name) => /^(BUN_|CACHING)/.test(name)).sort().join())";
    const { stdout } = await accompanied("--origin http://127.0.0.1:9", program);
    expect(stdout).toEqual(["CACHING_PROXY_URL"]);
  });

  test("that cannot be started is named", async () => {
    const command = runCommand(shared, ["--origin", "http://127.0.0.1:9", "--", "no-such-program"]);
    expect(await command.exited).toBe(1);
    await command.stderr.ended;
    expect(command.stderr.all).toEqual([expect.stringContaining('error: "no-such-program" cannot be started (')]);
  });
});
