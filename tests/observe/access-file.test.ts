import { describe, expect, test } from "bun:test";
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { LogFile } from "../../src/observe/access-file.ts";
import { LogFileUnusable } from "../../src/observe/log-file-unusable.ts";
import { scratch } from "../store/scratch.ts";

/** A file with a clock that stands still, and pauses that last until the test says so. */
function logFile(stack: AsyncDisposableStack, name = "access.log") {
  const folder = scratch(stack);
  const path = join(folder, name);
  const reports: string[] = [];
  let now = 0;
  let paused = Promise.withResolvers<() => void>();
  const file = new LogFile(path, {
    steady: () => now,
    report: ({ message }) => reports.push(message),
    pause() {
      const { promise, resolve } = Promise.withResolvers<void>();
      paused.resolve(resolve);
      return promise;
    },
  });
  stack.use(file);
  return {
    ...{ folder, path, file, reports },
    pass: (length: number) => (now += length),
    /** Resolves once the file waits before it tries again. */
    whenPaused: async () => {
      const goOn = await paused.promise;
      paused = Promise.withResolvers();
      return goOn;
    },
    text: (of = path) => readFileSync(of, "utf8"),
  };
}

test("what is written is appended, to what was there before as well", async () => {
  await using stack = new AsyncDisposableStack();
  const { file, path, text } = logFile(stack);
  await Bun.write(path, "before\n");
  await file.open();
  await file.write("1\n");
  await file.write("2\n§\n");
  expect(text()).toBe("before\n1\n2\n§\n");
});

test("it is made for its owner to write, its group to read and nobody else", async () => {
  await using stack = new AsyncDisposableStack();
  const { file, path } = logFile(stack);
  const mask = process.umask(0);
  try {
    await file.open();
  } finally {
    process.umask(mask);
  }
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

test.each([
  ["in a folder that is not there", "missing/access.log", /ENOENT/],
  ["that is a folder", ".", /EISDIR/],
])("one %s is refused at the start, with its path and why", async (_, name, why) => {
  await using stack = new AsyncDisposableStack();
  const { file, path } = logFile(stack, name);
  const error = await file.open().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(LogFileUnusable);
  expect(String(error)).toContain(`the log file ${path} cannot be opened`);
  expect(String(error)).toMatch(why);
});

test("a pipe that nobody reads is refused as well, and waited for by nobody", async () => {
  await using stack = new AsyncDisposableStack();
  const { file, path } = logFile(stack);
  expect(await Bun.spawn(["mkfifo", path]).exited).toBe(0);
  expect(file.open()).rejects.toBeInstanceOf(LogFileUnusable);
});

describe("rotated", () => {
  test("by renaming: a second later at most it goes on in a new file", async () => {
    await using stack = new AsyncDisposableStack();
    const { file, path, pass, text } = logFile(stack);
    await file.write("1\n");
    renameSync(path, `${path}.1`);
    pass(999);
    await file.write("2\n");
    expect(text(`${path}.1`)).toBe("1\n2\n");
    expect(existsSync(path)).toBe(false);
    pass(1);
    await file.write("3\n");
    expect([text(`${path}.1`), text()]).toEqual(["1\n2\n", "3\n"]);
  });

  test("by renaming, with a new file there already", async () => {
    await using stack = new AsyncDisposableStack();
    const { file, path, pass, text } = logFile(stack);
    await file.write("1\n");
    renameSync(path, `${path}.1`);
    await Bun.write(path, "new\n");
    pass(1000);
    await file.write("2\n");
    expect([text(`${path}.1`), text()]).toEqual(["1\n", "new\n2\n"]);
  });

  test("and told of it: at once", async () => {
    await using stack = new AsyncDisposableStack();
    const { file, path, text } = logFile(stack);
    await file.write("1\n");
    renameSync(path, `${path}.1`);
    file.expire();
    await file.write("");
    expect(text()).toBe("");
    await file.write("2\n");
    expect([text(`${path}.1`), text()]).toEqual(["1\n", "2\n"]);
  });

  test("by copying and truncating: it goes on at the beginning", async () => {
    await using stack = new AsyncDisposableStack();
    const { file, path, text } = logFile(stack);
    await file.write("1\n");
    truncateSync(path);
    await file.write("2\n");
    expect(text()).toBe("2\n");
  });

  test("where no new file can be made: it goes on in the old one, says so once, and looks again", async () => {
    await using stack = new AsyncDisposableStack();
    const { file, path, pass, reports, text } = logFile(stack);
    await file.write("1\n");
    renameSync(path, `${path}.1`);
    mkdirSync(path);
    for (const line of ["2\n", "3\n"]) {
      pass(1000);
      await file.write(line);
    }
    expect(text(`${path}.1`)).toBe("1\n2\n3\n");
    expect(reports).toEqual([`the access log goes on in what was ${path}, where no file can be opened`]);
    rmSync(path, { recursive: true });
    pass(1000);
    await file.write("4\n");
    expect(text()).toBe("4\n");
  });
});

test("where the disk is full it waits, says so once, and writes what it was given once there is room", async () => {
  await using stack = new AsyncDisposableStack();
  const { file, path, reports, text, whenPaused } = logFile(stack);
  symlinkSync("/dev/full", path);
  await file.open();
  const written = file.write("1\n");
  const goOn = await whenPaused();
  goOn();
  const again = await whenPaused();
  expect(reports).toEqual([`the access log cannot be written to ${path}: it is tried again each second`]);
  rmSync(path);
  again();
  await written;
  await file.write("2\n");
  expect(text()).toBe("1\n2\n");
  // The next time is another trouble.
  rmSync(path);
  symlinkSync("/dev/full", path);
  file.expire();
  const stuck = file.write("3\n");
  const last = await whenPaused();
  expect(reports).toHaveLength(2);
  rmSync(path);
  last();
  await stuck;
  expect(text()).toBe("3\n");
});

test("what is taken in pieces arrives whole", async () => {
  await using stack = new AsyncDisposableStack();
  const { file, path, whenPaused } = logFile(stack);
  expect(await Bun.spawn(["mkfifo", path]).exited).toBe(0);
  // A pipe takes 64 KiB and then nothing until somebody has read them.
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  stack.defer(() => closeSync(reader));
  const text = `${"§".repeat(100_000)}\n`;
  let isWritten = false;
  const written = file.write(text).then(() => {
    isWritten = true;
  });
  const pieces: Buffer[] = [];
  const room = Buffer.alloc(64 * 1024);
  while (!isWritten) {
    const goOn = await Promise.race([whenPaused(), written]);
    pieces.push(Buffer.from(room.subarray(0, readSync(reader, room))));
    goOn?.();
  }
  await written;
  expect(pieces.length).toBeGreaterThan(2);
  expect(Buffer.concat(pieces).toString()).toBe(text);
});
