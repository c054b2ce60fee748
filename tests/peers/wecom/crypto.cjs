// Reads {token, key, receiver, sealed, plain} from stdin; opens the sealed ones and seals the plain ones.
const { readFileSync } = require("node:fs");
const { decrypt, encrypt, getSignature } = require("@wecom/crypto");

const { token, key, receiver, sealed, plain } = JSON.parse(readFileSync(0, "utf8"));
const opened = sealed.map(({ timestamp, nonce, encrypted }) => ({
  ...decrypt(key, encrypted),
  signature: getSignature(token, timestamp, nonce, encrypted),
}));
const closed = plain.map((message) => encrypt(key, message, receiver));
process.stdout.write(JSON.stringify({ opened, closed }));
