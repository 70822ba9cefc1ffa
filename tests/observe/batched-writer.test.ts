import { expect, jest, test } from "bun:test";
import { BatchedWriter } from "../../src/observe/batched-writer.ts";

/** A reader that takes a batch when told to. */
function slowReader() {
  const batches: string[] = [];
  let taking = Promise.withResolvers<void>();
  return {
    batches,
    write: (text: string): Promise<void> => {
      batches.push(text);
      taking = Promise.withResolvers();
      return taking.promise;
    },
    take: () => taking.resolve(),
    fail: (error: unknown) => taking.reject(error),
  };
}

function unexpected(error: unknown): never {
  throw error;
}

const LINE = `${"x".repeat(1023)}\n`;

test("lines are written together once 50 ms have passed", () => {
  jest.useFakeTimers();
  try {
    const reader = slowReader();
    const writer = new BatchedWriter(reader.write, unexpected);
    writer.push("1\n");
    jest.advanceTimersByTime(49);
    writer.push("2\n");
    expect(reader.batches).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(reader.batches).toEqual(["1\n2\n"]);
  } finally {
    jest.useRealTimers();
  }
});

test("a full batch does not wait for the time", () => {
  const reader = slowReader();
  const writer = new BatchedWriter(reader.write, unexpected);
  for (let i = 0; i < 63; i++) writer.push(LINE);
  expect(reader.batches).toEqual([]);
  writer.push(LINE);
  expect(reader.batches).toEqual([LINE.repeat(64)]);
});

test("one batch at a time, and the lines in order", async () => {
  const reader = slowReader();
  const writer = new BatchedWriter(reader.write, unexpected);
  writer.push("1\n");
  const flushed = writer.flush();
  writer.push("2\n");
  writer.push("3\n");
  expect(reader.batches).toEqual(["1\n"]);
  reader.take();
  await settled();
  expect(reader.batches).toEqual(["1\n", "2\n3\n"]);
  reader.take();
  await flushed;
});

test("flush waits for what is being written and for what came meanwhile", async () => {
  const reader = slowReader();
  const writer = new BatchedWriter(reader.write, unexpected);
  writer.push("1\n");
  let done = false;
  const flushed = writer.flush().then(() => {
    done = true;
  });
  writer.push("2\n");
  reader.take();
  await settled();
  expect(done).toBe(false);
  reader.take();
  await flushed;
  expect(reader.batches.join("")).toBe("1\n2\n");
});

test("flush of nothing is over at once, also a second time", async () => {
  const reader = slowReader();
  const writer = new BatchedWriter(reader.write, unexpected);
  await writer.flush();
  await writer.flush();
  expect(reader.batches).toEqual([]);
});

test("lines that a slow reader leaves no room for are dropped and counted; the rest arrives", async () => {
  const reader = slowReader();
  const writer = new BatchedWriter(reader.write, unexpected);
  for (let i = 0; i < 64; i++) writer.push(LINE);
  const waiting = (4 * 1024 * 1024) / LINE.length + 1;
  for (let i = 0; i < waiting; i++) writer.push(LINE);
  expect(writer.dropped).toBe(0);
  for (let i = 0; i < 7; i++) writer.push("lost\n");
  expect(writer.dropped).toBe(7);
  reader.take();
  await settled();
  writer.push("kept\n");
  reader.take();
  await settled();
  reader.take();
  await writer.flush();
  expect(reader.batches.join("")).toBe(`${LINE.repeat(64 + waiting)}kept\n`);
  expect(writer.dropped).toBe(7);
});

test("a failed write is reported once, rejects nothing, and the next batch is written", async () => {
  const reader = slowReader();
  const errors: unknown[] = [];
  const writer = new BatchedWriter(reader.write, (error) => errors.push(error));
  const failure = new Error("EPIPE");
  writer.push("1\n");
  const flushed = writer.flush();
  writer.push("2\n");
  reader.fail(failure);
  await settled();
  expect(errors).toEqual([failure]);
  reader.take();
  await flushed;
  expect(reader.batches).toEqual(["1\n", "2\n"]);
  expect(errors).toEqual([failure]);
});

/** Lets everything run that waits for nothing but its turn. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
