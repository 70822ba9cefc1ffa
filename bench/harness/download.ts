/**
 * Downloads a URL as fast as the kernel has it and prints how many bytes came and how long that took, as JSON. What comes is dropped in
 * the kernel (MSG_TRUNC), so that the client costs next to nothing.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";

const { i32, u32, u64, i64 } = FFIType;
const { symbols: libc } = dlopen("libc.so.6", {
  socket: { args: [i32, i32, i32], returns: i32 },
  connect: { args: [i32, FFIType.ptr, u32], returns: i32 },
  send: { args: [i32, FFIType.ptr, u64, i32], returns: i64 },
  recv: { args: [i32, FFIType.ptr, u64, i32], returns: i64 },
});
const AF_INET = 2;
const SOCK_STREAM = 1;
const MSG_TRUNC = 0x20;
const NO_FLAGS = 0;

const { pathname, search, host, port } = new URL(process.argv[2] ?? "");
const address = new Uint8Array(16);
const fields = new DataView(address.buffer);
fields.setUint16(0, AF_INET, true);
fields.setUint16(2, Number(port));
address.set([127, 0, 0, 1], 4);

const socket = libc.socket(AF_INET, SOCK_STREAM, 0);
if (libc.connect(socket, ptr(address), address.length) !== 0) throw new Error(`Nobody listens at ${host}.`);
const request = Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
const into = new Uint8Array(4 * 1024 * 1024);
const started = performance.now();
libc.send(socket, ptr(request), request.length, NO_FLAGS);
// The header section is looked at, all else is counted.
let bytes = Number(libc.recv(socket, ptr(into), 4096, NO_FLAGS));
const status = new TextDecoder().decode(into.subarray(0, 12));
if (status !== "HTTP/1.1 200") throw new Error(`${host} answered ${status}.`);
for (;;) {
  const count = Number(libc.recv(socket, ptr(into), into.length, MSG_TRUNC));
  if (count <= 0) break;
  bytes += count;
}
console.log(JSON.stringify({ bytes, seconds: (performance.now() - started) / 1000 }));
