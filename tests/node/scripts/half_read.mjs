// Ends by itself with a live stream in its hands.
import { create } from './common.mjs';

const stream = await create('stream-100000-1', true);
const walk = stream[Symbol.asyncIterator]();
const { value } = await walk.next();
process.stdout.write(value.id);
