import { expect, test } from "bun:test";

test("what hangs is ended, and says which case it was", async () => {
  const path = JSON.stringify(`${import.meta.dir}/watchdog.ts`);
  const program = `const { Watchdog } = await import(${path}); const dog = new Watchdog("x", 7, 300);
    await Bun.sleep(100); dog.begin(3); for (;;);`;
  const child = Bun.spawn([process.execPath, "-e", program], { stderr: "pipe", stdout: "ignore" });
  expect(await new Response(child.stderr).text()).toBe("FINDING x: hangs. SEED=7 CASE=3\n");
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
});
