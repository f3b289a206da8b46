import { describe, expect, test } from "vitest";
import { accepts, isJsonType, isStreamType } from "../../../src/mcp/media.ts";

describe("a media type", () => {
  test.each([
    ["application/json", true, false],
    ["Application/JSON", true, false],
    [" application/json ; charset=utf-8; q=1", true, false],
    ["text/event-stream", false, true],
    ["TEXT/Event-Stream;charset=utf-8", false, true],
    ["application/jsonx", false, false],
    ["application/json, text/html", false, false],
    ["text/event-stream,text/event-stream", false, false],
    ["text/plain;application/json", false, false],
    ["", false, false],
    [null, false, false],
  ])("is what it says, and not what it looks like: %s", (type, json, stream) => {
    expect([isJsonType(type), isStreamType(type)]).toEqual([json, stream]);
  });
});

describe("what a client accepts", () => {
  test.each([
    [null, true, true],
    ["*/*", true, true],
    ["application/json", true, false],
    ["text/event-stream", false, true],
    ["application/*", true, false],
    ["text/*", false, true],
    ["text/html, application/json;q=0.5", true, false],
    ["application/json, text/event-stream", true, true],
    ["application/jsonx", false, false],
    ["", false, false],
  ])("is all it lists, by type or by family: %s", (accept, json, stream) => {
    expect([accepts(accept, "application/json"), accepts(accept, "text/event-stream")]).toEqual([json, stream]);
  });
});
