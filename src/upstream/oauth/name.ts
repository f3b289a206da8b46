/** Names of keepers: one for the credential of each server, one for each grant that has its own. */

export function keeperOfServer(slug: string): string {
  return `server:${slug}`;
}

export function keeperOfGrant(grantId: string): string {
  return `grant:${grantId}`;
}

/** Whose credential it is, as a log says it. */
export function ownerOf(keeper: string): { readonly server: string } | { readonly grant: string } {
  const [kind, name = ""] = keeper.split(":");
  return kind === "grant" ? { grant: name } : { server: name };
}
