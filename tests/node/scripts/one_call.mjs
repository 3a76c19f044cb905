import { create } from './common.mjs';

const reply = await create('echo');
process.stdout.write(reply.id);
