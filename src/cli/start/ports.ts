/** Which ports of this machine can be listened on. Only the loopback address is ever asked about. */
import { connect, createServer } from "node:net";

export const LOOPBACK = "127.0.0.1";

/** Connects first: some systems let one listen on 127.0.0.1 although another program listens on all addresses. */
export async function isFree(port: number): Promise<boolean> {
  return !(await answers(port)) && (await listens(port)) !== undefined;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const port = await listens(0);
  if (port === undefined) throw new Error("this machine gives out no port");
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => done(false));
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}

/** Listens for a moment; the port it got, or undefined. */
function listens(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : undefined));
    });
  });
}
