import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import type { View } from './definitions.js';
import { decodeValue, encodeValue, type Value } from './values.js';

/** A feature of one entity, and when it was so: seconds since 1970. */
export interface StoredValue {
  readonly value: Value;
  readonly eventTime: number;
}

/** The features of one entity. */
export interface FeatureRow {
  readonly entityKey: Uint8Array;
  readonly eventTime: number;
  readonly createdTime: number | null;
  readonly values: ReadonlyMap<string, Value>;
}

/** A row of a table, as far as it is read. */
interface StoredRow {
  readonly feature_name: string;
  readonly value: Uint8Array;
  readonly event_ts: number;
}

/**
 * An online store of Feast in SQLite: a table for each view, a row for each feature of an entity.
 */
export class OnlineStore {
  readonly #database: sqlite.Database;
  readonly #folder: string;
  readonly #project: string;
  readonly #reads = new Map<View, sqlite.Statement>();

  private constructor(database: sqlite.Database, folder: string, project: string) {
    this.#database = database;
    this.#folder = folder;
    this.#project = project;
  }

  /**
   * Opens a copy of the file, which is gone when the store is closed: what is written to an example
   * is nobody's data.
   */
  static openCopy(file: string, project: string): OnlineStore {
    const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-example-'));
    try {
      const copy = join(folder, 'online_store.db');
      copyFileSync(file, copy);
      const database = new sqlite.Database(copy, { fileMustExist: true });
      // Nobody else has the copy: it need not be locked anew for each statement.
      database.exec('PRAGMA locking_mode = EXCLUSIVE');
      return new OnlineStore(database, folder, project);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  /** @returns by the name of the feature; empty for an entity that the view does not have */
  read(view: View, entityKey: Uint8Array): ReadonlyMap<string, StoredValue> {
    const rows = this.#readOf(view).all([entityKey]) as unknown as readonly StoredRow[];
    return new Map(
      rows.map(({ feature_name: name, value, event_ts: eventTime }) => [
        name,
        { value: decodeValue(value), eventTime },
      ]),
    );
  }

  /** All of the rows to all of the views, or nothing of it. */
  write(batches: readonly { readonly view: View; readonly rows: readonly FeatureRow[] }[]): void {
    this.#database.exec('BEGIN');
    try {
      for (const { view, rows } of batches) this.#insert(view, rows);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    for (const statement of this.#reads.values()) statement.finalize();
    this.#database.close();
    rmSync(this.#folder, { recursive: true });
  }

  #readOf(view: View): sqlite.Statement {
    const known = this.#reads.get(view);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(
      `SELECT feature_name, value, event_ts FROM ${this.#tableOf(view)} WHERE entity_key = ?`,
    );
    this.#reads.set(view, statement);
    return statement;
  }

  #insert(view: View, rows: readonly FeatureRow[]): void {
    const statement = this.#database.prepare(
      `INSERT OR REPLACE INTO ${this.#tableOf(view)}
        (entity_key, feature_name, value, value_text, event_ts, created_ts) VALUES (?, ?, ?, ?, ?, ?)`,
    );
    try {
      for (const { entityKey, eventTime, createdTime, values } of rows) {
        for (const feature of view.features) {
          const value = values.get(feature.name) ?? null;
          const text = value === null ? null : String(value);
          const bytes = encodeValue(feature, value);
          statement.run([entityKey, feature.name, bytes, text, eventTime, createdTime]);
        }
      }
    } finally {
      statement.finalize();
    }
  }

  /**
   * SECURITY: of a view that the registry knows, whatever it is called; no name of a request comes
   * this far.
   */
  #tableOf({ name }: View): string {
    return `"${`${this.#project}_${name}`.replaceAll('"', '""')}"`;
  }
}
