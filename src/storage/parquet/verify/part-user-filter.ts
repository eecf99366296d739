import pl from 'nodejs-polars';
import { readFooter } from '../parts/footer.ts';
import { slicesOf } from '../parts/part-slices.ts';
import { USER_FILTER_KEY, UserFilter, userHash } from '../parts/user-filter.ts';
import type { Report } from './finding.ts';

/** Checks that the filter of a part, if it has one, excludes nobody whose readings it holds. */
export const verifyUserFilter = async (path: string, report: Report): Promise<void> => {
  const { key_value_metadata } = await readFooter(path);
  const text = key_value_metadata?.find(({ key }) => key === USER_FILTER_KEY)?.value;
  if (text === undefined) return;
  const filter = UserFilter.decode(text);
  if (filter === undefined) {
    report({ code: 'part-user-filter', cause: 'the filter of its users is damaged' });
    return;
  }
  let excluded = 0;
  for await (const slice of slicesOf(path)) {
    const users = await slice.select(pl.col('user_id').unique()).collect();
    for (const userId of users.getColumn('user_id')) {
      if (!filter.mayHold(userHash(userId as string))) excluded++;
    }
  }
  if (excluded === 0) return;
  const cause = `the filter excludes users whose readings it holds (${excluded})`;
  report({ code: 'part-user-filter', cause });
};
