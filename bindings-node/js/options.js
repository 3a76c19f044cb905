// JavaScript's manner of naming to the core's: camelCase to snake_case, and
// milliseconds to seconds. Nothing is checked and no default is set here: a name
// that the core does not know is its error to give.

function snakeCase(name) {
  return name.replace(/([a-z0-9])([A-Z]+)/g, (_, before, capitals) => `${before}_${capitals.toLowerCase()}`);
}

// What the OpenAI SDK for Node calls otherwise than we do.
const REQUEST_NAMES = { headers: 'extra_headers', query: 'extra_query', body: 'extra_body' };

function seconds(limit) {
  if (typeof limit === 'number') return limit / 1000;
  if (typeof limit !== 'object' || limit === null || Array.isArray(limit)) return limit;
  return renamed(limit, {}, seconds);
}

function isPlain(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function renamed(options, names, convert) {
  const result = {};
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const snake = snakeCase(key);
    const name = Object.hasOwn(names, key) ? names[key] : Object.hasOwn(names, snake) ? names[snake] : snake;
    result[name] = convert ? convert(value, name) : value;
  }
  return result;
}

/** The settings of one provider or route, as the core names them. */
function settings(given) {
  return isPlain(given) ? renamed(given, {}, timeouts) : given;
}

function timeouts(value, name) {
  return name === 'timeout' ? seconds(value) : value;
}

/** The settings of a client, as the core names them. */
function clientOptions(options) {
  return renamed(options, {}, (value, name) => {
    if (name === 'providers' && Array.isArray(value)) return value.map(settings);
    // Their keys are the user's own names.
    if ((name === 'kinds' || name === 'routes') && isPlain(value)) {
      return Object.fromEntries(Object.entries(value).map(([kind, row]) => [kind, settings(row)]));
    }
    return timeouts(value, name);
  });
}

/** The options of one request, as the core names them. */
function requestOptions({ signal: _signal, ...options }) {
  return renamed(options, REQUEST_NAMES, timeouts);
}

module.exports = { clientOptions, requestOptions, settings };
