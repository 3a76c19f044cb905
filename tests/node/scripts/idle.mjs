// A client that was used and is idle does not keep the process.
import { create } from './common.mjs';

await create('echo');
globalThis.kept = await create('stream-3', true);
