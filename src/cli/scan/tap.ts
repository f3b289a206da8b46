/**
 * Keeps the last result that came over a transport as it came. The SDK judges a list as a whole, and one tool that is
 * not as the protocol wants it would lose all the others.
 */
import type { Transport } from "@modelcontextprotocol/client";

export type Tap = { readonly last: () => unknown; readonly forget: () => void };

export function tapped(transport: Transport): Tap {
  let result: unknown;
  let handler: Transport["onmessage"];
  // On the object itself: the SDK treats a subclass of its stdio transport in another way.
  Object.defineProperty(transport, "onmessage", {
    configurable: true,
    enumerable: true,
    get: () => handler,
    set: (next: Transport["onmessage"]) => {
      handler =
        next &&
        ((message, extra) => {
          if ("result" in message) result = message.result;
          next(message, extra);
        });
    },
  });
  return {
    last: () => result,
    forget: () => {
      result = undefined;
    },
  };
}
