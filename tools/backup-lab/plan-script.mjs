import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The backup script of the plan that this plugin puts into code, word by word: only host, user, database and bucket are
 * another's, and the port, which it does not name, comes from PGPORT.
 * @param {{ host: string, user: string, database: string, bucket: string }} place
 * @returns {string}
 */
export function planScript({ host, user, database, bucket }) {
  return String.raw`#!/bin/bash
TIMESTAMP=$(date +%Y%m%d_%H%M%S)
BACKUP_FILE="backup_${'$'}{TIMESTAMP}.sql.gz"

# Dump database
PGPASSWORD=$DB_PASSWORD pg_dump \
  -h ${host} \
  -U ${user} \
  -d ${database} \
  | gzip > $BACKUP_FILE

# Upload to S3
aws s3 cp $BACKUP_FILE s3://${bucket}/database/$BACKUP_FILE

# Delete local file
rm $BACKUP_FILE

# Keep only last 30 days
aws s3 ls s3://${bucket}/database/ \
  | awk '{print $4}' \
  | sort -r \
  | tail -n +31 \
  | xargs -I {} aws s3 rm s3://${bucket}/database/{}
`;
}

/**
 * Writes the plan's script into a folder of its own, from which it is to be run: its dump becomes a file there.
 * @param {string} dir
 * @param {string} url of the database
 * @param {string} bucket
 * @returns {{ file: string, dir: string, env: Record<string, string> }} `env` holds what the script reads
 */
export function writePlanScript(dir, url, bucket) {
  const { hostname, port, username, password, pathname } = new URL(url);
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'backup-database.sh');
  writeFileSync(file, planScript({ host: hostname, user: decodeURIComponent(username), database: decodeURIComponent(pathname.slice(1)), bucket }));
  chmodSync(file, 0o755);
  return { file, dir, env: { DB_PASSWORD: decodeURIComponent(password), PGPORT: port } };
}
