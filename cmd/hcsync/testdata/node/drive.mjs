// Intercom's own client does with the sandbox what a program of its users would:
//
//     node drive.mjs .hcsync/sandbox/serve.json
//
// in the version of the API that it asks for by default, and in the oldest and
// the newest that it can ask for.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { IntercomClient } from "intercom-client";

const { url } = JSON.parse(await readFile(process.argv[2], "utf8"));
// A small page, so that lists have several.
const per_page = 3;

async function all(page) {
  const items = [];
  for await (const item of await page) items.push(item);
  const ids = items.map((item) => item.id);
  assert.equal(new Set(ids).size, ids.length, "no object is listed twice");
  return items;
}

// collections are created, nested, listed, translated, updated and deleted.
async function collections(client, nested) {
  const api = client.helpCenters.collections;
  const before = (await all(api.list({ per_page }))).length;
  const made = [];
  for (let i = 0; i < 7; i++) {
    made.push(await api.create({ name: `Collection ${i}`, description: "Of seven" }));
  }
  const [first, second] = made;
  if (nested) {
    const below = await api.create({ name: "Below", parent_id: first.id });
    assert.equal(below.parent_id, first.id);
    await api.delete({ collection_id: below.id });
  }
  assert.equal((await all(api.list({ per_page }))).length, before + 7);
  const translated = await api.update({
    collection_id: first.id,
    name: "Start here",
    translated_content: { fr: { type: "group_content", name: "Commencez ici", description: "Par ici" } },
  });
  assert.equal(translated.name, "Start here");
  assert.equal(translated.description, "Of seven", "what is not sent stays");
  assert.equal(translated.translated_content.fr.name, "Commencez ici");
  assert.deepEqual(await api.find({ collection_id: first.id }), translated);
  for (const { id } of made.slice(2)) {
    assert.equal((await api.delete({ collection_id: id })).deleted, true);
  }
  await assert.rejects(api.find({ collection_id: made[6].id }), { statusCode: 404 });
  await assert.rejects(api.create({}), { statusCode: 400 });
  return [first, second];
}

// articles go the same way, and move from one collection to another.
async function articles(client, author_id, [first, second], searched) {
  const api = client.articles;
  const before = (await all(api.list({ per_page }))).length;
  const made = [];
  for (let i = 0; i < 7; i++) {
    made.push(
      await api.create({
        title: `Article ${i}`,
        body: "<p>Text</p>",
        author_id,
        parent_id: Number(first.id),
        parent_type: "collection",
        state: i === 0 ? "published" : "draft",
      }),
    );
  }
  const one = made[0];
  assert.equal(one.body, '<p class="no-margin">Text</p>');
  assert.equal(one.state, "published");
  assert.equal((await all(api.list({ per_page }))).length, before + 7);
  const changed = await api.update({
    article_id: one.id,
    title: "One",
    parent_id: second.id,
    parent_type: "collection",
    translated_content: { fr: { title: "Un", body: "<h1>Un</h1>", author_id, state: "draft" } },
  });
  assert.deepEqual(changed.parent_ids, [Number(second.id)]);
  assert.equal(changed.state, "published", "what is not sent stays");
  assert.match(changed.translated_content.fr.body, /^<h1 id="h_[0-9a-f]{10}">Un<\/h1>$/);
  assert.deepEqual(await api.find({ article_id: one.id }), changed);
  if (searched) {
    const found = await api.search({ phrase: "One", state: "published" });
    assert.ok(found.data.articles.some((a) => a.id === one.id));
  }
  for (const { id } of made) {
    assert.equal((await api.delete({ article_id: id })).deleted, true);
  }
  await assert.rejects(api.find({ article_id: one.id }), { statusCode: 404 });
  await assert.rejects(api.create({ title: "By nobody" }), { statusCode: 400 });
}

function connect(token, version) {
  return new IntercomClient({ token, version, baseUrl: url, maxRetries: 0 });
}

async function work(version) {
  const client = connect("not-a-secret", version);
  const me = await client.admins.identify();
  assert.ok(me.app.id_code);
  assert.ok((await client.admins.list()).admins.some((a) => a.id === me.id));
  assert.equal((await all(client.helpCenters.list())).length, 1);
  const old = version === "2.9"; // neither nested collections nor a search
  const kept = await collections(client, !old);
  await articles(client, Number(me.id), kept, !old);
  for (const { id } of kept) await client.helpCenters.collections.delete({ collection_id: id });
  console.log(`API ${version ?? "as it asks for"}: all done`);
}

await work();
await work("2.9");
await work("2.11");
await work("Unstable");
await assert.rejects(connect("").admins.list(), { statusCode: 401 });
