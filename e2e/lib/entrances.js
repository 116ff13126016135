// The two entrances for machines: the telephone, signed as Retell signs, and the REST API.
import { createHmac, randomUUID } from "node:crypto";

/** Rings: a function call as the voice agent makes it. Answers the HTTP status and the body. */
export async function ring(demo, name, args, { call_id = `call_${randomUUID()}`, from_number = "+4915112345678", key } = {}) {
  const { token, signing_key, to_number } = demo.retell;
  // The transcript grows from one function to the next: what stays the same is a request that was sent again.
  const transcript = `User: ${randomUUID()}`;
  const call = { call_id, call_type: "phone_call", direction: "inbound", call_status: "ongoing", from_number, to_number, transcript };
  const body = JSON.stringify({ name, args, call });
  const time = Date.now();
  const digest = createHmac("sha256", key ?? signing_key).update(`${body}${time}`, "utf8").digest("hex");
  const response = await fetch(`${demo.url}/voice/retell/${token}/functions/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-retell-signature": `v=${time},d=${digest}` },
    body,
  });
  return read(response);
}

export async function rest(demo, method, path, { body, idempotencyKey, version, key = demo.api_key } = {}) {
  const headers = { authorization: `Bearer ${key}` };
  if (body) headers["content-type"] = "application/json";
  if (version) headers["if-match"] = `"${version}"`;
  if (idempotencyKey) headers["idempotency-key"] = idempotencyKey;
  return read(await fetch(`${demo.url}/api${path}`, { method, headers, body: body && JSON.stringify(body) }));
}

async function read(response) {
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  const body = /json/.test(type) && text ? JSON.parse(text) : text;
  return { status: response.status, type, body };
}
