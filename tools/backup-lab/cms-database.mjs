import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { join } from 'node:path';
import { paragraphs } from './cms-text.mjs';

/** Paragraphs that the texts are made of: so many that none comes twice within the window of gzip or zstd's level 1 often. */
const PARAGRAPHS = 2 ** 17;
/** Bytes of a plain dump for each post, with its three versions and all that hangs on it; measured. */
const BYTES_PER_POST = 19_500;

/**
 * Fills a database like that of a CMS: posts (HTML), their versions (JSONB), media, relations, users, sessions, with keys and
 * indexes. Most of it is made by the server itself, on two connections. The same size gives the same rows.
 * @param {{ url: string, bin: string, bytes?: number }} database `url` of an empty one; `bin` holds psql; `bytes` of a plain dump, about
 * @returns {Promise<{ posts: number }>}
 */
export async function makeCmsDatabase({ url, bin, bytes = 1.5e9 }) {
  const posts = Math.max(100, Math.round(bytes / BYTES_PER_POST));
  const run = (/** @type {string} */ sql) => psql({ url, bin, sql });
  await run(TABLES);
  await copyParagraphs({ url, bin });
  await run(smallTables(posts));
  await Promise.all([run(postsSql(posts)), run(versionsSql(posts))]);
  await run('drop table paragraphs; drop function paragraph;');
  await Promise.all([run(KEYS_OF_VERSIONS), run(KEYS)]);
  await run(FOREIGN_KEYS);
  await run('vacuum (analyze)');
  return { posts };
}

const TABLES = `
create extension if not exists pgcrypto;
create type status as enum ('draft', 'published', 'archived');
create unlogged table paragraphs (id int primary key, text text not null);
create table users (id int primary key, email text not null, name text, role text, hash text, salt text, created_at timestamptz, updated_at timestamptz);
create table sessions (id uuid primary key, user_id int not null, token bytea not null, ip inet, agent text, expires_at timestamptz);
create table media (id int primary key, filename text, alt text, mime text, width int, height int, filesize bigint, sizes jsonb, created_at timestamptz);
create table categories (id int primary key, title text, slug text, parent_id int);
create table posts (id int primary key, title text not null, slug text not null, excerpt text, content text, meta jsonb, tags text[], status status, author_id int, cover_id int, published_at timestamptz, updated_at timestamptz);
create table posts_rels (id bigint generated always as identity, parent_id int, path text, position int, category_id int, media_id int);
create table posts_versions (id int, parent_id int, version jsonb, autosave boolean, latest boolean, created_at timestamptz, updated_at timestamptz);
create function paragraph(seed bigint) returns text language sql stable parallel safe as
$$ select text from paragraphs where id = (hashint8extended(seed, 7) & ${PARAGRAPHS - 1})::int $$;
`;

const at = (/** @type {string} */ n) => `timestamptz '2024-01-01' + (${n}) * interval '7 minutes 13.123457 seconds'`;
const oneOf = (/** @type {string[]} */ values, /** @type {string} */ n) => `(array[${values.map((value) => `'${value}'`).join(', ')}])[1 + (${n}) % ${values.length}]`;

const smallTables = (/** @type {number} */ posts) => `
insert into users select n, 'person' || n || '@example.com', initcap(split_part(paragraph(n), ' ', 2)) || ' ' || initcap(split_part(paragraph(n), ' ', 3)), ${oneOf(['author', 'editor', 'admin'], 'n')}, encode(sha512(('h' || n)::bytea), 'hex'), md5('s' || n), ${at('n')}, ${at('n + 7')} from generate_series(1, ${Math.ceil(posts / 4)}) n;
insert into sessions select md5('id' || n)::uuid, 1 + n % ${Math.ceil(posts / 4)}, sha256(('t' || n)::bytea), ('10.' || n % 256 || '.' || n / 256 % 256 || '.' || n / 65536 % 256)::inet, ${oneOf(['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36', 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15'], 'n')}, ${at('n')} from generate_series(1, ${posts * 2}) n;
insert into media select n, md5('f' || n) || '.jpg', split_part(paragraph(n + 17), '.', 1), ${oneOf(['image/jpeg', 'image/webp', 'image/png'], 'n')}, 640 + n % 3000, 480 + n % 2000, 20000 + (hashint8extended(n, 3) & 4194303), jsonb_build_object('thumbnail', jsonb_build_object('url', '/media/' || md5('f' || n) || '-400x300.jpg', 'width', 400, 'height', 300), 'card', jsonb_build_object('url', '/media/' || md5('f' || n) || '-768x1024.jpg', 'width', 768, 'height', 1024)), ${at('n')} from generate_series(1, ${posts}) n;
insert into categories select n, 'Category ' || n, 'category-' || n, nullif(n / 10, 0) from generate_series(1, 500) n;
insert into posts_rels (parent_id, path, position, category_id, media_id) select 1 + n / 6, ${oneOf(['categories', 'gallery', 'related'], 'n')}, n % 6, case when n % 3 = 0 then 1 + (n * 31) % 500 end, case when n % 3 = 1 then 1 + (n * 7) % ${posts} end from generate_series(0, ${posts * 6 - 1}) n;
analyze;
`;

const meta = (/** @type {string} */ n) => `jsonb_build_object('title', left(paragraph(${n} + 3), 60), 'description', left(paragraph(${n} + 4), 150), 'robots', 'index,follow', 'image', ${n} % 1000, 'score', hashint8extended(${n}, 5) % 1000)`;

/** Twelve to twenty-four paragraphs, eighteen on average. */
const postsSql = (/** @type {number} */ posts) => `
insert into posts
select n, left(paragraph(n), 60), 'post-' || n || '-' || substr(md5('p' || n), 1, 8), left(paragraph(n + 1), 160),
  (select string_agg('<p>' || p.text || '</p>' || case when k % 4 = 0 then '<h2 id="s' || k || '">' || left(p.text, 40) || '</h2><figure><img src="/media/' || md5('f' || n + k) || '.jpg" alt=""/></figure>' else '' end, E'\\n' order by k)
   from generate_series(1, 12 + (hashint8extended(n, 1) & 2147483647)::int % 13) k join paragraphs p on p.id = (hashint8extended(n * 100::bigint + k, 7) & ${PARAGRAPHS - 1})::int),
  ${meta('n')}, array[${oneOf(['news', 'guide', 'release', 'story'], 'n')}, 'tag-' || (n * 7919::bigint) % 2000, 'tag-' || n % 97], ${oneOf(['draft', 'published', 'published', 'archived'], 'n')}::status, 1 + n % ${Math.ceil(posts / 4)}, 1 + (n * 13) % ${posts}, ${at('n')}, ${at('n + 99')}
from generate_series(1, ${posts}) n;
`;

/** Rich text as editors store it, a node for each paragraph: two versions of five to eleven paragraphs for each post. */
const versionsSql = (/** @type {number} */ posts) => `
insert into posts_versions
select n, 1 + n / 2, jsonb_build_object('title', left(paragraph(n / 2), 60), 'slug', 'post-' || n / 2, '_status', ${oneOf(['draft', 'published'], 'n')}, 'meta', ${meta('n / 2')}, 'content', jsonb_build_object('root', jsonb_build_object('type', 'root', 'format', '', 'indent', 0, 'version', 1, 'direction', 'ltr', 'children',
  (select jsonb_agg(jsonb_build_object('type', 'paragraph', 'format', '', 'indent', 0, 'version', 1, 'direction', 'ltr', 'children', jsonb_build_array(jsonb_build_object('type', 'text', 'mode', 'normal', 'text', p.text, 'style', '', 'detail', 0, 'format', k % 2, 'version', 1))) order by k)
   from generate_series(1, 5 + (hashint8extended(n, 2) & 2147483647)::int % 7) k join paragraphs p on p.id = (hashint8extended(n * 1000::bigint + k, 11) & ${PARAGRAPHS - 1})::int)))),
  n % 2 = 0, n % 2 = 1, ${at('n')}, ${at('n + 1')}
from generate_series(0, ${posts * 2 - 1}) n;
`;

const KEYS_OF_VERSIONS = `
alter table posts_versions add primary key (id);
create index posts_versions_parent on posts_versions (parent_id);
create index posts_versions_created on posts_versions (created_at);
create index posts_versions_slug on posts_versions ((version ->> 'slug'));
`;

const KEYS = `
create unique index posts_slug on posts (slug);
create index posts_published on posts (published_at) where status = 'published';
create index posts_author on posts (author_id);
create index posts_meta on posts using gin (meta jsonb_path_ops);
create index posts_tags on posts using gin (tags);
create index posts_words on posts using gin (to_tsvector('simple', title || ' ' || excerpt));
alter table posts_rels add primary key (id);
create index posts_rels_parent on posts_rels (parent_id, path, position);
create index posts_rels_category on posts_rels (category_id);
create unique index users_email on users (email);
create index sessions_user on sessions (user_id);
create index sessions_expires on sessions (expires_at);
create unique index media_filename on media (filename);
`;

const FOREIGN_KEYS = `
alter table sessions add foreign key (user_id) references users;
alter table posts add foreign key (author_id) references users, add foreign key (cover_id) references media;
alter table posts_rels add foreign key (parent_id) references posts, add foreign key (category_id) references categories, add foreign key (media_id) references media;
alter table posts_versions add foreign key (parent_id) references posts;
`;

/** @param {{ url: string, bin: string }} database */
async function copyParagraphs({ url, bin }) {
  const paragraph = paragraphs();
  await psql({ url, bin, sql: 'copy paragraphs from stdin', input: (function* () {
    for (let id = 0; id < PARAGRAPHS; id += 64) yield Array.from({ length: 64 }, (_, at) => `${id + at}\t${paragraph()}\n`).join('');
  })() });
}

/**
 * Runs SQL by `psql`, up to the first error, which it throws.
 * @param {{ url: string, bin: string, sql: string, input?: Iterable<string> }} options `input` is for `copy … from stdin`
 * @returns {Promise<string>} rows, their columns divided by `|`
 */
export async function psql({ url, bin, sql, input = [] }) {
  const { password, ...rest } = partsOf(url);
  const child = spawn(join(bin, 'psql'), ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql], { env: { ...process.env, ...rest, PGPASSWORD: password }, stdio: ['pipe', 'pipe', 'pipe'] });
  let out = '';
  let said = '';
  child.stdout.setEncoding('utf-8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf-8').on('data', (text) => (said += text));
  const closed = once(child, 'close');
  const fed = pipeline(input, child.stdin).catch((error) => (said += error.message));
  const [status] = await closed;
  await fed;
  if (status !== 0) throw new Error(`psql failed (${status}) with ${sql.slice(0, 200)}: ${said}`);
  return out.trim();
}

/** @param {string} url */
function partsOf(url) {
  const { hostname, port, username, password, pathname } = new URL(url);
  return { PGHOST: hostname, PGPORT: port, PGUSER: decodeURIComponent(username), PGDATABASE: decodeURIComponent(pathname.slice(1)), password: decodeURIComponent(password) };
}
