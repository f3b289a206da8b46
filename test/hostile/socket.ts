/** Bytes to the gateway's port, and all that comes back: for requests that no HTTP library would write. */
import { connect } from "node:net";

/** What is sent must make the gateway hang up, as `Connection: close` does; an end of what is sent is told by `ends`. */
export function exchangeBytes(url: string, bytes: string | Uint8Array, ends = false): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => (ends ? socket.end(bytes) : socket.write(bytes)));
    let came = "";
    socket.on("data", (data) => {
      came += data.toString("latin1");
    });
    socket.on("close", () => resolve(came));
    // Of a request that is refused before it was read, the rest meets a closed door.
    socket.on("error", (error) => (came === "" ? reject(error) : resolve(came)));
  });
}

/** The status of each answer, in turn. */
export function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
}
