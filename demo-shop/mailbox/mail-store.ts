import Database from "better-sqlite3";

export interface Mail {
  id: number;
  received_at: number;
  sender: string;
  recipient: string;
  subject: string;
  text: string;
  html: string | null;
  headers: [name: string, value: string][];
  opened_at: number | null;
}

/** What the outside of a letter says. */
export type Letter = Pick<Mail, "id" | "recipient" | "received_at" | "subject">;

export type NewMail = Omit<Mail, "id" | "opened_at">;

/** Everybody's letters. It stands for the world's mailboxes, so it is no part of the shop's database. */
export class MailStore {
  readonly #db: Database.Database;

  constructor(path: string) {
    this.#db = new Database(path);
    this.#db.pragma("journal_mode = WAL");
    this.#db.pragma("synchronous = NORMAL");
    this.#db.exec(`CREATE TABLE IF NOT EXISTS mails (
      id INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL,
      text TEXT NOT NULL, html TEXT, headers TEXT NOT NULL, opened_at INTEGER
    );
    CREATE INDEX IF NOT EXISTS mails_by_recipient ON mails (recipient, id);`);
  }

  add(mail: NewMail): void {
    this.#db
      .prepare(
        "INSERT INTO mails (received_at, sender, recipient, subject, text, html, headers) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        mail.received_at,
        mail.sender,
        mail.recipient,
        mail.subject,
        mail.text,
        mail.html,
        JSON.stringify(mail.headers),
      );
  }

  /** Newest first; `words` must all be in recipient or subject. */
  list(words: string, limit: number): Omit<Mail, "text" | "html" | "headers">[] {
    const pattern = `%${words.replace(/[%_\\]/g, "\\$&")}%`;
    return this.#db
      .prepare(
        `SELECT id, received_at, sender, recipient, subject, opened_at FROM mails
         WHERE recipient || ' ' || subject LIKE ? ESCAPE '\\' ORDER BY id DESC LIMIT ?`,
      )
      .all(pattern, limit) as Mail[];
  }

  find(id: number): Mail | null {
    const row = this.#db.prepare("SELECT * FROM mails WHERE id = ?").get(id) as
      (Omit<Mail, "headers"> & { headers: string }) | undefined;
    return row ? { ...row, headers: JSON.parse(row.headers) as [string, string][] } : null;
  }

  latestTo(recipient: string): { id: number } | null {
    return (
      (this.#db.prepare("SELECT id FROM mails WHERE recipient = ? ORDER BY id DESC LIMIT 1").get(recipient) as
        { id: number } | undefined) ?? null
    );
  }

  /** Letters that came after the one with this number, oldest first. */
  after(id: number, limit: number): Letter[] {
    return this.#db
      .prepare("SELECT id, recipient, received_at, subject FROM mails WHERE id > ? ORDER BY id LIMIT ?")
      .all(id, limit) as Letter[];
  }

  markOpened(id: number, at: number): void {
    this.#db.prepare("UPDATE mails SET opened_at = coalesce(opened_at, ?) WHERE id = ?").run(at, id);
  }

  count(): number {
    return (this.#db.prepare("SELECT count(*) AS n FROM mails").get() as { n: number }).n;
  }

  countUnread(): number {
    return (this.#db.prepare("SELECT count(*) AS n FROM mails WHERE opened_at IS NULL").get() as { n: number }).n;
  }

  close(): void {
    this.#db.close();
  }
}
