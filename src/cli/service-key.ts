/** In the environment, where other users of the machine cannot see it as they can an option. */
const VARIABLE = 'HEART_RATE_API_KEY';

/** The headers with which commands ask a service that wants an API key; none without one. */
export const keyHeaders = (): Record<string, string> => {
  const key = process.env[VARIABLE];
  return key ? { Authorization: `Bearer ${key}` } : {};
};
