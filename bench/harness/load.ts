/** Sends one request after another on each of some connections that stay open, and reads every answer to its end. */
import { Agent, request as httpRequest } from "node:http";

export type Asked = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of the nth request. */
  readonly body: (nth: number) => string;
};

export type Answer = { readonly status: number; readonly body: Buffer };

export type Load = { readonly requests: number; readonly connections: number };

/** The time of each request in milliseconds, in no order. `hear` may throw to stop all. */
export async function runLoad(asked: Asked, { requests, connections }: Load, hear: (answer: Answer) => void) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  let next = 0;
  const work = async () => {
    while (next < requests) {
      const nth = next++;
      const start = performance.now();
      hear(await ask(asked, nth, agent));
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, work)).finally(() => agent.destroy());
  return times;
}

export function ask({ url, headers, body }: Asked, nth: number, agent?: Agent): Promise<Answer> {
  const text = body(nth);
  const length = { "content-length": String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const options = { method: "POST", headers: { ...headers, ...length }, ...(agent && { agent }) };
    const request = httpRequest(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    request.on("error", reject);
    request.end(text);
  });
}
