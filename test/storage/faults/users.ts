/** Whose readings the tests send and look for. */
export const USER_IDS = ['ann', 'ben'] as const;
