/** How the key that everything is sealed with is changed. */
export const ROTATION = `Changing the key that everything is sealed with, without a moment in which nothing opens:
  1. Give the gateway the key it has now as ROOT_KEY_PREVIOUS, and a new one as ROOT_KEY:
       npx wrangler secret put ROOT_KEY_PREVIOUS
       npx wrangler secret put ROOT_KEY          (32 bytes in hex: openssl rand -hex 32)
  2. npx grantgate secrets rotate                (seals everything with the new key)
  3. Take the old one away: npx wrangler secret delete ROOT_KEY_PREVIOUS
Sessions of clients that run across the change begin anew.`;
