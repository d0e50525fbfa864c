// Cloudflare's own SDK against a KV API.
// Arguments: a folder with node_modules, the API's URL, token, account, namespace.
const { createRequire } = require("node:module");
const assert = require("node:assert/strict");

const [frontend, baseURL, apiToken, account_id, namespace_id] = process.argv.slice(2);
const { default: Cloudflare } = createRequire(`${frontend}/package.json`)("cloudflare");

async function main() {
  const client = new Cloudflare({ apiToken, baseURL, maxRetries: 0 });
  const { namespaces } = client.kv;
  const at = { account_id, namespace_id };

  const found = [];
  for await (const namespace of namespaces.list({ account_id })) found.push(namespace.id);
  assert.ok(found.includes(namespace_id));

  await namespaces.values.update("sdk:a b/ü", {
    ...at,
    value: "from the SDK",
    metadata: JSON.stringify({ v: 1 }), // A field of a form: the SDK would flatten an object.
    expiration_ttl: 3600,
  });
  const value = await namespaces.values.get("sdk:a b/ü", at);
  assert.equal(await value.text(), "from the SDK");
  assert.deepEqual(await namespaces.metadata.get("sdk:a b/ü", at), { v: 1 });

  const pairs = Array.from({ length: 25 }, (_, i) => ({
    key: `sdk:bulk:${i}`,
    value: `v${i}`,
    metadata: { i },
  }));
  const written = await namespaces.bulkUpdate(namespace_id, { account_id, body: pairs });
  assert.deepEqual(written, { successful_key_count: 25, unsuccessful_keys: [] });

  const listed = [];
  for await (const key of namespaces.keys.list(namespace_id, {
    account_id,
    prefix: "sdk:bulk:",
    limit: 10,
  })) {
    listed.push(key.name);
  }
  assert.deepEqual(listed, pairs.map((pair) => pair.key).sort());

  const read = await namespaces.bulkGet(namespace_id, {
    account_id,
    keys: ["sdk:bulk:3", "sdk:nowhere"],
    withMetadata: true,
  });
  assert.equal(read.values["sdk:bulk:3"].value, "v3");
  assert.deepEqual(read.values["sdk:bulk:3"].metadata, { i: 3 });
  assert.equal(read.values["sdk:nowhere"], null);

  const deleted = await namespaces.bulkDelete(namespace_id, {
    account_id,
    body: pairs.slice(1).map((pair) => pair.key),
  });
  assert.equal(deleted.successful_key_count, 24);
  await namespaces.values.delete("sdk:a b/ü", at);

  await assert.rejects(namespaces.values.get("sdk:a b/ü", at), { status: 404 });
  const wrong = new Cloudflare({ apiToken: "wrong", baseURL, maxRetries: 0 });
  await assert.rejects(wrong.kv.namespaces.values.get("sdk:bulk:0", at), { status: 401 });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
