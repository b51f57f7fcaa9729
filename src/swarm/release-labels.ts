/** Name a file gives to a secret or config; on objects that hold a later content of it. */
export const LABEL_VERSION_OF = 'io.tstack.name';

/** Stack that a config of ours tells about; not the stack it belongs to, so that no stack lists or prunes it. */
export const LABEL_RELEASE_STACK = 'io.tstack.stack';

/** Which record of the stack a config holds a part of. */
export const LABEL_RELEASE_RECORD = 'io.tstack.record';

/** `2/3`: the second of three parts. */
export const LABEL_RELEASE_PART = 'io.tstack.part';

/** Who holds the lock of a stack, as JSON; a label, because the data of a config cannot change. */
export const LABEL_RELEASE_LOCK = 'io.tstack.lock';
