/**
 * `in_cidr` and `not_in_cidr`.
 *
 * A network that overlaps a listed one without lying inside it is neither in it nor outside: that can't be told.
 */
import type { Json } from "../json/value.ts";
import { type Network, networkText, readNetwork, within } from "./address.ts";
import { type CriterionRead, either, unfit } from "./criterion.ts";
import { type Outcome, someOutcome } from "./outcome.ts";
import { quoted, shownWithType } from "./quote.ts";
import { listed } from "./sameness.ts";

/** `inside: false` is `not_in_cidr`. */
export function cidrCriterion(inside: boolean, value: Json): CriterionRead {
  const networks: Network[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const read = typeof item === "string" ? readNetwork(item) : undefined;
    if (read === undefined) {
      return unfit(`expected a network like "10.0.0.0/8" or a list of them, found ${shownWithType(item)}`);
    }
    if (!read.exact) {
      return unfit(
        `${shownWithType(item)} has bits set beyond its prefix; did you mean ${quoted(networkText(read.network))}?`,
      );
    }
    networks.push(read.network);
  }
  const judge = (argument: Json): Outcome => {
    const read = typeof argument === "string" ? readNetwork(argument) : undefined;
    return read === undefined ? "unknown" : someOutcome(networks, (network) => placed(read.network, network));
  };
  const written = listed(Array.isArray(value) ? value : [value]);
  return either(!inside, {
    judge,
    says: `lies in ${written}`,
    denies: `lies outside ${written}`,
    wants: "an address or a network that is wholly inside or wholly outside",
  });
}

function placed(argument: Network, listedOne: Network): Outcome {
  if (within(argument, listedOne)) return "holds";
  return within(listedOne, argument) ? "unknown" : "fails";
}
