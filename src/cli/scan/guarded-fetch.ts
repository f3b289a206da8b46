/**
 * `fetch` for a server that nobody knows yet: redirects are not followed (the headers are for one address), an answer is
 * bounded, and what came back last is kept for whoever must explain a failure.
 */

/** As it was answered; `location` only of a redirect. */
export type Answer = { readonly status: number; readonly type: string; readonly location: string | null };

export type Guarded = {
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  readonly last: () => Answer | undefined;
};

/** Ten times the largest list of tools that is known of. */
const MOST_BYTES = 64 * 1024 * 1024;

export class TooLarge extends Error {}

export function guardedFetch(): Guarded {
  let last: Answer | undefined;
  return {
    last: () => last,
    async fetch(url, init) {
      if (init?.method === "POST") last = undefined;
      const response = await fetch(url, { ...init, redirect: "manual" });
      const { status, headers } = response;
      // A stream that a server does not offer (GET) says nothing about the conversation.
      if (init?.method === "POST") last = { status, type: mediaType(headers), location: headers.get("location") };
      if (response.body === null) return response;
      return new Response(response.body.pipeThrough(bounded()), { status, statusText: response.statusText, headers });
    },
  };
}

function mediaType(headers: Headers): string {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
}

function bounded(): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES) controller.error(new TooLarge(`the answer is larger than ${MOST_BYTES} bytes`));
      else controller.enqueue(chunk);
    },
  });
}
