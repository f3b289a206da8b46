/**
 * Upstreams gone wrong, one named handler for each way. A gateway must answer its client all the same, with an explained
 * error, and must pass on nothing of an upstream's challenge, redirect or cookie. Mix one into a good server with `only`.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Handler } from "./recorder.ts";
import type { Message } from "./replies.ts";
import { answerTo, event, messageOf, openSse, sendJson, textResult } from "./replies.ts";

/** Misbehaves for one JSON-RPC method, or one HTTP verb, and leaves the rest to a good handler. */
export function only(methodOrVerb: string, bad: Handler, good: Handler): Handler {
  return (req, res) => {
    const hit = req.method === methodOrVerb || messageOf(req).method === methodOrVerb;
    return hit ? bad(req, res) : good(req, res);
  };
}

export function answer401WithChallenge(): Handler {
  return (_req, res) => {
    const challenge = 'Bearer realm="upstream", resource_metadata="https://upstream.example/.well-known/metadata"';
    res.writeHead(401, { "WWW-Authenticate": challenge, "Content-Type": "application/json" });
    res.end('{"error":"invalid_token"}');
  };
}

export function redirect302(location: string): Handler {
  return (_req, res) => void res.writeHead(302, { Location: location }).end();
}

export function html200(): Handler {
  return (_req, res) => void res.writeHead(200, { "Content-Type": "text/html" }).end("<h1>Please log in</h1>");
}

export function html502(): Handler {
  return (_req, res) => void res.writeHead(502, { "Content-Type": "text/html" }).end("<h1>502 Bad Gateway</h1>");
}

/** Promises more bytes than it sends. */
export function halfJson(): Handler {
  return (req, res) => {
    const body = JSON.stringify(answerTo(messageOf(req), textResult("never whole")));
    res.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
    res.write(body.slice(0, body.length / 2), () => res.destroy());
  };
}

/** Reports progress once, then is gone. */
export function halfSse(): Handler {
  return (req, res) => {
    openSse(res);
    res.write(event(progress(messageOf(req), 1)), () => res.destroy());
  };
}

export function wrongId(): Handler {
  return (req, res) => {
    const message = messageOf(req);
    sendJson(res, answerTo({ ...message, id: `not-${message.id}` }, textResult("for somebody else")));
  };
}

/** A correct answer of at least so many bytes, on one line. */
export function bigJson(bytes: number): Handler {
  return (req, res) => sendJson(res, answerTo(messageOf(req), textResult("x".repeat(bytes))));
}

export function hang(): Handler {
  return () => {};
}

export function slow(ms: number, then: Handler = (req, res) => sendOk(req, res)): Handler {
  return async (req, res) => {
    await pause(ms);
    await then(req, res);
  };
}

export function resetConnection(): Handler {
  return (_req, res) => void res.socket?.resetAndDestroy();
}

/** A good answer with headers that are nobody's business. */
export function setsCookieAndLeaks(): Handler {
  return (req, res) =>
    sendJson(res, answerTo(messageOf(req), textResult("ok")), {
      "Set-Cookie": ["session=secret; HttpOnly", "tracker=1"],
      Server: "upstream/1.2.3",
      "WWW-Authenticate": "Basic",
      "Alt-Svc": 'h3=":443"',
    });
}

/** Reports progress for as long as somebody listens, and never answers. */
export function endlessSse(everyMs = 10): Handler {
  return (req, res) => {
    openSse(res);
    let step = 0;
    const timer = setInterval(() => res.write(event(progress(messageOf(req), ++step))), everyMs);
    res.on("close", () => clearInterval(timer));
  };
}

/** JSON but for one byte that no UTF-8 text has. */
export function invalidUtf8(): Handler {
  return (req, res) => {
    const [before = "", after = ""] = JSON.stringify(answerTo(messageOf(req), textResult("\u0000"))).split("\\u0000");
    res.writeHead(200, { "Content-Type": "application/json" });
    res.end(Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]));
  };
}

/** Says it is JSON, and is none. */
export function notJson(): Handler {
  return (_req, res) => void res.writeHead(200, { "Content-Type": "application/json" }).end("{nothing of the kind");
}

const sendOk: Handler = (req, res) => sendJson(res, answerTo(messageOf(req), textResult("ok")));

function progress({ params }: Message, step: number): object {
  const meta = params?._meta as { progressToken?: string | number } | undefined;
  const progressToken = meta?.progressToken ?? "none";
  return { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken, progress: step } };
}
