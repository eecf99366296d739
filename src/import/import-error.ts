/** The input cannot be read further, or at all; the message says why, and where. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}

/** Nothing here knows what the input is, or it needs an option; nothing has been sent. */
export class UnknownInputError extends Error {
  override readonly name = 'UnknownInputError';
}
