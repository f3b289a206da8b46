/**
 * Reads a stream to the one answer that is wanted of it, for a handshake: a client learns from the HTTP status whether a
 * server is there, so nothing may be said before its answer is known. Whatever else the stream carries is dropped.
 */
import { type Id, sameId } from "../mcp/message.ts";
import { FrameReader, FrameTooLarge } from "../mcp/sse.ts";
import { type AnswerBounds, type Answered, failureOfBody, readEvent, type Streaming } from "./answer.ts";
import { TextSource, within } from "./body.ts";
import { type Failure, unanswered } from "./failure.ts";
import { Talk } from "./talk.ts";

/** All of it must come within the time that other streams may be silent for. */
export async function gather({ session, body }: Streaming, id: Id, bounds: AnswerBounds): Promise<Answered | Failure> {
  const source = new TextSource(new Talk(body), null);
  const found = await within(answerIn(source, session, id, bounds), bounds.timeoutSeconds * 1000);
  await source.cancel();
  return found === "late" ? unanswered(bounds.timeoutSeconds) : found;
}

async function answerIn(
  source: TextSource,
  session: string | null,
  id: Id,
  bounds: AnswerBounds,
): Promise<Answered | Failure> {
  const frames = new FrameReader(bounds.maxBytes);
  let bytes = 0;
  try {
    for (;;) {
      const piece = await source.next();
      if (piece.kind === "fault") return failureOfBody(piece.fault, bounds);
      if (piece.kind === "text") bytes += piece.bytes;
      for (const { data } of frames.push(piece.text)) {
        if (data === null || data === "") continue;
        const message = readEvent(data, bounds);
        if (message.kind === "failed") return message;
        if (message.kind === "response" && message.id !== null && sameId(message.id, id)) {
          return { kind: "answered", status: 200, session, outcome: message.outcome, bytes };
        }
      }
      if (piece.kind === "end") return failureOfBody("broken off", bounds);
    }
  } catch (error) {
    if (error instanceof FrameTooLarge) return failureOfBody("too large", bounds);
    throw error;
  }
}
