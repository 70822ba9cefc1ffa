/** What a WebSocket sends back that is told something; rejects where it cannot be opened. */
export async function echoed(socket: WebSocket, text: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  socket.onopen = () => socket.send(text);
  socket.onmessage = ({ data }) => resolve(data);
  socket.onerror = reject;
  try {
    return await promise;
  } finally {
    socket.close();
  }
}
