// The only SQL of documents.
import { type Db, sql } from "#kernel";

export interface FileRow {
  id: string;
  blob: string;
  sha256: Buffer;
  size: number;
  mediaType: string;
  name: string | null;
  person: string | null;
  institution: string | null;
  createdAt: Date;
  keepUntil: Date | null;
}

/** No `returning`: whoever hands a file in need not be allowed to see it again. */
export const insert = (db: Db, f: FileRow): Promise<number> =>
  db.run(sql`
    insert into documents.file (id, blob, sha256, size, media_type, name, person, institution, created_at, keep_until)
    values (${f.id}, ${f.blob}, ${f.sha256}, ${f.size}, ${f.mediaType}, ${f.name}, ${f.person}, ${f.institution}, ${f.createdAt}, ${f.keepUntil})`);

const columns = sql`id, blob, sha256, size, media_type as "mediaType", name, person, institution, created_at as "createdAt", keep_until as "keepUntil"`;

export const byId = (db: Db, id: string): Promise<FileRow | undefined> =>
  db.maybe<FileRow>(sql`select ${columns} from documents.file where id = ${id}`);

export const remove = (db: Db, id: string): Promise<number> => db.run(sql`delete from documents.file where id = ${id}`);

export const outlived = (db: Db, now: Date): Promise<FileRow[]> =>
  db.rows<FileRow>(sql`select ${columns} from documents.file where keep_until < ${now} order by keep_until limit 500`);

export const known = async (db: Db, blobs: string[]): Promise<Set<string>> => {
  const rows = await db.rows<{ blob: string }>(sql`select distinct blob from documents.file where blob = any(${blobs})`);
  return new Set(rows.map(({ blob }) => blob));
};
