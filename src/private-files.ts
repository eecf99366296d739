const OTHERS = 0o007;

/**
 * Heart rates are nobody else's on this machine: what this process writes from now on is not for
 * other users. What a group may is the operator's to say.
 */
export const keepFilesFromOthers = (): void => {
  process.umask(process.umask() | OTHERS);
};
