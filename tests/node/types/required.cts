// The same types from CommonJS.
import roocodeModule = require('roocode');

const client: roocodeModule.Roocode = new roocodeModule.default();
const { RateLimitError, Stream } = roocodeModule;
export type Chunk = roocodeModule.ChatCompletionChunk;
void [client.providers.list()[0]?.kind, RateLimitError, Stream];
