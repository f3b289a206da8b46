/** What a tool answered, as lines for people: text as it is, everything else in one line that says what it is. Pure. */
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/client";
import { jsonText } from "../json-text.ts";
import { shown } from "../terminal.ts";

export function resultText(result: CallToolResult): string {
  if (result.content.length > 0) return result.content.map(blockText).join("\n");
  return result.structuredContent === undefined ? "(no content)" : jsonText(result.structuredContent, 2);
}

export function blockText(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return shown(block.text);
    case "image":
    case "audio":
      return shown(`[${block.type} ${block.mimeType}, ${size(block.data)}]`);
    case "resource_link":
      return shown(`[link ${block.uri}${block.mimeType ? ` ${block.mimeType}` : ""}: ${block.name}]`).replaceAll(
        "\n",
        " ",
      );
    case "resource": {
      const { resource } = block;
      const how = "text" in resource ? `${resource.text.length} characters` : size(resource.blob);
      return shown(`[resource ${resource.uri}${resource.mimeType ? ` ${resource.mimeType}` : ""}, ${how}]`);
    }
  }
}

/** Of base64 text, as bytes. */
function size(base64: string): string {
  const bytes = Math.floor((base64.replace(/=+$/, "").length * 3) / 4);
  return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`;
}
