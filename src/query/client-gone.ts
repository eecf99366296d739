/** The client has left, so nobody waits for the result any more. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}
