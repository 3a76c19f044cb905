'use strict';

// The providers and routes of a client: to be looked at, and changed while it runs.

const { badRequest, guarded } = require('./errors.js');
const { encode } = require('./encode.js');
const { settings } = require('./options.js');
const { callback, takeFunction } = require('./order.js');

function written(change) {
  const { text, strings } = encode(change, 'change');
  if (strings) throw badRequest('change', 'holds a string longer than 64 KiB');
  return text;
}

class Inventory {
  #client;

  constructor(client) {
    this.#client = client;
  }

  _list(what) {
    return JSON.parse(guarded(() => this.#client[what]()));
  }

  _apply(change, fields) {
    guarded(() => this.#client.apply(written({ change, ...fields })));
  }

  /** Sets a route; its function lives as long as the client is held here, or until the next one. */
  _setRoute(name, given) {
    const { route, order } = takeFunction(name, given);
    const text = written({ change: 'set_route', name, config: settings(route) });
    const { functions } = this.#client;
    if (order) {
      guarded(() => this.#client.apply(text, name, callback(functions)));
      functions.set(name, order);
    } else {
      guarded(() => this.#client.apply(text));
      functions.delete(name);
    }
  }
}

class Providers extends Inventory {
  /** The configured providers, without their credentials. */
  list() {
    return this._list('providers');
  }

  /** Every kind of provider there is, and whether it is ready to use. */
  kinds() {
    return this._list('kinds');
  }

  add(config) {
    this._apply('add_provider', { config: settings(config) });
  }

  update(name, changes) {
    this._apply('update_provider', { name, changes: settings(changes) });
  }

  activate(name) {
    this._apply('activate_provider', { name });
  }

  deactivate(name) {
    this._apply('deactivate_provider', { name });
  }

  remove(name) {
    this._apply('remove_provider', { name });
  }
}

class Routes extends Inventory {
  /** Every route as it was declared, with its name. */
  list() {
    return this._list('routes');
  }

  set(name, config) {
    this._setRoute(name, config);
  }

  setWeights(name, weights) {
    this._apply('set_weights', { name, weights });
  }

  remove(name) {
    this._apply('remove_route', { name });
  }
}

module.exports = { Providers, Routes };
