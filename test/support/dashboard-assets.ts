import type { Requests } from './test-service.ts';

/** The names of what the dashboard's page loads; they change with each build. */
export const dashboardAssets = async ({ get }: Pick<Requests, 'get'>): Promise<string[]> => {
  const html = await (await get('/')).text();
  return [...html.matchAll(/(?:src|href)="\.\/assets\/([^"]+)"/g)].map(([, name = '']) => name);
};
