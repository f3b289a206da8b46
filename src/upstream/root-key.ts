/**
 * The key ring of the environment: ROOT_KEY, under which everything is sealed, and while keys are changed
 * ROOT_KEY_PREVIOUS, which still opens what it sealed. A key must never stand in an error.
 */

/** 32 bytes each, in hex. */
export type RootKey = { readonly present: string; readonly previous: string | null };

type Keys = { readonly ROOT_KEY?: string; readonly ROOT_KEY_PREVIOUS?: string };

const KEY = /^[0-9a-fA-F]{64}$/;

/** The key ring, or an error that says which secret to set. */
export function rootKeyOf({ ROOT_KEY: present, ROOT_KEY_PREVIOUS: previous }: Keys): RootKey {
  if (present === undefined || !KEY.test(present)) {
    throw new Error("ROOT_KEY is not set to 32 bytes in hex; set it with `wrangler secret put ROOT_KEY`");
  }
  if (previous && !KEY.test(previous)) {
    throw new Error("ROOT_KEY_PREVIOUS is not 32 bytes in hex; set it to the earlier ROOT_KEY, or delete it");
  }
  return ringOf(present, previous || null);
}

/** It inherits nothing: whoever takes it for a text gets an error, and never a key that anybody could guess. */
export function ringOf(present: string, previous: string | null = null): RootKey {
  return Object.assign(Object.create(null), { present, previous });
}
