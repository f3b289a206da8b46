/** Node has the Web Crypto types in a name space; the gateway's files that this command shares know them as globals. */
type CryptoKey = import("node:crypto").webcrypto.CryptoKey;
