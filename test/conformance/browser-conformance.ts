import { afterAll, beforeAll, expect, it } from 'vitest';
import { bodyRows, isDrawn, sendTestReading } from '../browser/dashboard/on-the-dashboard.ts';
import { openOfflinePage } from '../browser/offline-page.ts';
import { sendFromDocs } from '../browser/send-from-docs.ts';
import { ServiceProcess } from '../crash/service-process.ts';
import { JSON_TYPE } from '../support/test-service.ts';
import { newUser, type Place } from './place.ts';

const TIMEOUT_MS = 120_000;
/** The first device's, in light colours. */
const LINE = [27, 105, 173];

/** What a person sees of the service in a browser, whatever keeps the readings. */
export const browserConformance = (placeOf: () => Place): void => {
  let service: ServiceProcess;
  let url: string;
  beforeAll(async () => {
    const { environment } = placeOf();
    service = new ServiceProcess(environment.DATA_DIR ?? '', environment, [], true);
    url = await service.ready();
  });
  afterAll(() => service?.kill());

  it(
    'shows in the chart a reading that it sends, and follows others',
    async (context) => {
      const user = newUser();
      const send = async (heart_rate: number, agoMs: number) => {
        const timestamp = new Date(Date.now() - agoMs).toISOString();
        const response = await fetch(`${url}/metrics/heart-rate`, {
          method: 'POST',
          headers: JSON_TYPE,
          body: JSON.stringify({ user_id: user, device_id: 'test-device', timestamp, heart_rate }),
        });
        expect(response.status).toBe(200);
      };
      await send(65, 600_000);
      const { page, outside, complaints } = await openOfflinePage(context, url);
      await page.goto(`${url}/?user=${user}`);
      await page.getByRole('button', { name: 'Send a test reading' }).first().waitFor();
      await sendTestReading(page, '72');
      await bodyRows(page).filter({ hasText: '72.0' }).filter({ hasText: 'test-device' }).waitFor();
      await expect.poll(() => page.evaluate(isDrawn(LINE))).toBe(true);
      await page.getByRole('button', { name: 'Live' }).click();
      await page.getByText('waiting for a reading').waitFor();
      await send(81, 0);
      await page.getByText('81 bpm').waitFor();
      expect([outside, complaints]).toEqual([[], []]);
    },
    TIMEOUT_MS,
  );

  it(
    'sends a reading from the documentation',
    async (context) => {
      const { page, outside, complaints } = await openOfflinePage(context, url);
      await page.goto(`${url}/docs`);
      await sendFromDocs(page, `${url}/`);
      expect([outside, complaints]).toEqual([[], []]);
    },
    TIMEOUT_MS,
  );
};
