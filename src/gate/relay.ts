/**
 * Carries an upstream's event stream to the client, event by event: every message is read, what the client may not see
 * is taken out, and a stream that ends before its answer is completed by an explained failure.
 */
import { encodeMessage, type Message, sameId } from "../mcp/message.ts";
import { type Frame, FrameReader, FrameTooLarge, messageFrame, writeFrame } from "../mcp/sse.ts";
import { failureOfBody, leaked, readEvent } from "../upstream/answer.ts";
import { type BodyFault, TextSource } from "../upstream/body.ts";
import type { Failure } from "../upstream/failure.ts";
import { Pieces } from "../upstream/pieces.ts";
import { Talk } from "../upstream/talk.ts";
import { edited } from "./edit.ts";
import { type Exchange, endingOf, failedReply } from "./exchange.ts";
import type { Vetted } from "./vet.ts";

/** Gives each event to send. Never throws; ends when the upstream's stream does. */
export async function* relay(
  body: ReadableStream<Uint8Array>,
  exchange: Exchange,
): AsyncGenerator<string | Uint8Array, void> {
  // What stands for hours must not hold for ever what it takes to read ahead.
  const source = isStanding(exchange)
    ? new TextSource(new Pieces(body), null)
    : new TextSource(new Talk(body), exchange.bounds.timeoutSeconds * 1000);
  const frames = new FrameReader(exchange.bounds.maxBytes);
  const state: State = { answered: exchange.request === null, resumable: false, revision: null };
  try {
    const echo = await follow(source, exchange);
    if (echo !== null) {
      state.answered = true;
      exchange.ended({ status: 200, giveBack: false });
      yield echo;
      // What comes now is no beginning of a stream.
      frames.push("\n");
    }
    /** What came until the first event was whole; null from then on. */
    let begun = exchange.recall === null || echo !== null ? null : "";
    for (;;) {
      const piece = await source.next();
      if (piece.kind === "fault") return yield* close(exchange, state, piece.fault);
      if (piece.kind === "text") exchange.came.bytes += piece.bytes;
      if (begun !== null) begun += piece.text;
      let said = "";
      for (const frame of frames.push(piece.text)) {
        const text = await pass(frame, exchange, state);
        if (begun !== null && typeof text === "string") exchange.recall?.keep("stream", begun, text, state.revision);
        begun = null;
        if (text === null) continue;
        if (typeof text !== "string") {
          if (said !== "") yield said;
          return yield* fail(exchange, state, text);
        }
        said += text;
      }
      // What came together goes together: each turn of the client's stream costs far more than a small event.
      if (said !== "") yield said;
      if (piece.kind === "end") return yield* close(exchange, state, "broken off");
    }
  } catch (error) {
    if (!(error instanceof FrameTooLarge)) throw error;
    yield* fail(exchange, state, failureOfBody("too large", exchange.bounds));
  } finally {
    await source.cancel();
  }
}

/** What the client gets for a stream that begins as is remembered; null leaves all of it to be read. */
async function follow(source: TextSource, { recall, came }: Exchange): Promise<Uint8Array | null> {
  const known = recall?.stream();
  if (!known) return null;
  const { follower, gives } = known;
  for (;;) {
    const chunk = await source.chunk();
    const step = chunk.kind === "bytes" ? follower.push(chunk.bytes) : null;
    came.bytes = follower.at;
    if (step?.kind === "so far") continue;
    const isWhole = step?.kind === "whole";
    const echo = isWhole ? await gives() : null;
    if (echo === null) {
      came.bytes = 0;
      source.back({ kind: "bytes", bytes: follower.agreed() });
    }
    source.back(isWhole ? { kind: "bytes", bytes: step.rest } : chunk);
    return echo;
  }
}

type State = {
  /** The answer has gone out, or none is owed. */
  answered: boolean;
  /** Legacy: the events carry ids, so the client can fetch the rest by itself. */
  resumable: boolean;
  /** At which the answer, if it was a list, can be remembered. */
  revision: Vetted["revision"];
};

/** Streams that may be silent as long as they like. */
function isStanding({ request }: Exchange): boolean {
  return request === null || request.method === "subscriptions/listen";
}

/** The text to send for a frame, null for none, or what is wrong with it. */
async function pass(frame: Frame, exchange: Exchange, state: State): Promise<string | null | Failure> {
  const modern = exchange.era === "modern";
  if (exchange.bounds.leaks([...frame.comments, frame.event ?? ""].join("\n"))) return leaked();
  const bare = await named(frame, exchange);
  if (bare.id !== null) state.resumable = true;
  if (frame.data === null || frame.data === "") return modern && frame.comments.length === 0 ? null : writeFrame(bare);
  const message = readEvent(frame.data, exchange.bounds);
  if (message.kind === "failed") return message;
  const seen = await visible(message, exchange, state);
  return seen === null ? null : writeFrame({ ...bare, data: encodeMessage(seen) });
}

/** The frame under the id that the client may know it by. What can't be resumed has none, or clients would try. */
async function named(frame: Frame, { eventId }: Exchange): Promise<Frame> {
  if (eventId === null) return { ...frame, id: null, retry: null };
  // An empty id takes back what ids there were (WHATWG HTML, 9.2.6).
  return frame.id === null || frame.id === "" ? frame : { ...frame, id: await eventId(frame.id) };
}

function visible(message: Message, exchange: Exchange, state: State): Message | null | Promise<Message | null> {
  switch (message.kind) {
    case "notification":
      return message.method.startsWith("notifications/tasks") ? null : message;
    case "request":
      return exchange.era === "modern" || message.method.startsWith("tasks/") ? null : message;
    case "response":
      return seenAnswer(message, exchange, state);
  }
}

async function seenAnswer(
  message: Extract<Message, { kind: "response" }>,
  exchange: Exchange,
  state: State,
): Promise<Message | null> {
  const { request, view } = exchange;
  if (request === null) return { ...message, outcome: (await edited(message.outcome, null, view)).outcome };
  if (state.answered || message.id === null || !sameId(message.id, request.id)) return null;
  state.answered = true;
  exchange.ended(endingOf(200, message.outcome, exchange.inSession));
  const { outcome, revision } = await edited(message.outcome, request.method, view);
  state.revision = revision;
  return { ...message, outcome };
}

function* close(exchange: Exchange, state: State, fault: BodyFault): Generator<string, void> {
  if (state.resumable && fault === "broken off" && !state.answered) {
    exchange.ended({ status: 200, giveBack: false });
    return;
  }
  yield* fail(exchange, state, failureOfBody(fault, exchange.bounds));
}

function* fail({ request, era, requestId, ended }: Exchange, state: State, why: Failure): Generator<string, void> {
  if (state.answered || request === null) return;
  state.answered = true;
  ended({ status: why.status, giveBack: false, failed: why.reason });
  yield messageFrame(failedReply(request, era, requestId, why).body ?? "");
}
