import { Chalk, type ChalkInstance } from 'chalk';

/** Always writes colour; whether there is to be any is decided where the stream is known. */
export const colors: ChalkInstance = new Chalk({ level: 1 });
