import { expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { runCommand } from "./proxy.ts";

const shared = cleanup();

async function said(...words: readonly string[]) {
  const command = runCommand(shared, words);
  const code = await command.exited;
  await Promise.all([command.stdout.ended, command.stderr.ended]);
  return { code, stdout: command.stdout.all, stderr: command.stderr.all };
}

const named = async (...words: readonly string[]): Promise<readonly string[]> =>
  (await said("complete", "--", ...words)).stdout
    .filter((line) => !line.startsWith(":"))
    .map((line) => line.split("\t")[0] ?? "");

test.each<[readonly string[], readonly string[]]>([
  [["sta"], ["stats"]],
  [["--evic"], ["--eviction"]],
  [
    ["--eviction", ""],
    ["lru", "s3-fifo"],
  ],
  [["--eviction=s"], ["s3-fifo"]],
  [["--record", "a"], ["all"]],
  [["stats", "--js"], ["--json"]],
  [["stats", "--record"], []],
  [["--insec"], ["--insecure"]],
])("%j is completed", async (words, completions) => {
  expect(await named(...words)).toEqual(completions);
});

test("all commands are offered, and what bash is given is a script", async () => {
  expect(await named("")).toContain("doctor");
  const { stdout, code } = await said("complete", "bash");
  expect(code).toBe(0);
  const checked = Bun.spawn(["bash", "-n"], { stdin: new Blob([stdout.join("\n")]), stderr: "pipe" });
  expect([await checked.exited, await checked.stderr.text()]).toEqual([0, ""]);
});

test.each([["tcsh"], []])("a shell that is not known is refused: %s", async (...shell) => {
  expect(await said("complete", ...shell)).toMatchObject({
    code: 2,
    stderr: [expect.stringContaining("write bash, zsh, fish, powershell, as in")],
  });
});
