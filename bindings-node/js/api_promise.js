// The promise of a reply, which can also give the head of its response.

const CALL = Symbol('call');
const SEPARATOR = '\x7f';

/** The head of the response: status, headers and the provider's request id. */
class ResponseHead {
  constructor(text) {
    const [status, requestId, ...fields] = text.split(SEPARATOR);
    this.status = Number(status);
    this.requestId = requestId || undefined;
    this.headers = new Headers();
    for (let at = 0; at + 1 < fields.length; at += 2) {
      // `Headers` holds bytes: a character beyond them is percent-encoded.
      this.headers.append(fields[at], fields[at + 1].replace(/[^\t -~\x80-\xff]/gu, encodeURIComponent));
    }
  }

  get request_id() {
    return this.requestId;
  }

  get ok() {
    return this.status >= 200 && this.status < 300;
  }
}

class APIPromise extends Promise {
  static get [Symbol.species]() {
    return Promise;
  }

  /** Makes one of `promise`, which is the outcome of `call`. */
  static of(promise, call) {
    Object.setPrototypeOf(promise, APIPromise.prototype);
    promise[CALL] = call;
    return promise;
  }

  /** The reply and the head of the response that brought it. */
  async withResponse() {
    const data = await this;
    return { data, response: new ResponseHead(this[CALL].started.head) };
  }
}
// `await` takes its short way, and a stack trace its long one, only through
// promises whose constructor is Promise.
delete APIPromise.prototype.constructor;

module.exports = { APIPromise };
