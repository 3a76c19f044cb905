/** A reply with bytes beside its fields. JSON has none of them. */
export interface Content {
  /** The bytes. */
  readonly content: Buffer;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<Blob>;
  /** Writes the bytes to a file, in place of what it held. */
  writeToFile(path: string | URL): Promise<void>;
}

/** What holds the bytes of a file. */
export type FileBytes =
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | NodeJS.ReadableStream
  | AsyncIterable<Uint8Array>
  | { arrayBuffer(): Promise<ArrayBuffer> };

/**
 * A file to send. A path (and a stream of `fs.createReadStream` that nobody has read from) is read when the
 * request goes, and never is in memory as a whole.
 */
export type Uploaded =
  | string
  | URL
  | FileBytes
  | { path: string; name?: string; content_type?: string }
  | { data: FileBytes; name?: string; content_type?: string };
