/**
 * Loaded into the demo server (`node --import`): whatever it listens on, it listens on this machine only.
 *
 * The demo server calls `app.listen(port)`, which means all addresses, and has no setting for that. It has tools that
 * print its environment and fetch any URL, and asks nobody who they are: on a network that is an open door, past the
 * gateway. So the host is put in where Node listens, whichever way it is called.
 */
import { Server } from "node:net";

const listen = Server.prototype.listen;

Server.prototype.listen = function listenOnLoopback(first, ...rest) {
  const callback = [first, ...rest].find((argument) => typeof argument === "function");
  const options = typeof first === "object" && first !== null ? first : { port: Number(first) };
  return listen.call(this, { ...options, host: "127.0.0.1" }, ...(callback === undefined ? [] : [callback]));
};
