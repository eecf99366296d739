import { join } from 'node:path';
import type { Files } from '../disk/files.ts';
import { isTemporary, quarantineFolder } from '../disk/layout.ts';
import { isQuarantineNote, noteOf, type QuarantineNote } from '../disk/quarantine.ts';
import type { Report } from './finding.ts';

/** Of the names in quarantine those to report: notes, and what has none; a note speaks for its piece. */
export const speakingFor = (names: readonly string[]): string[] =>
  names.filter((name) => isQuarantineNote(name) || !names.includes(noteOf(name)));

/** Reports what lies in quarantine under a name. */
export const verifyQuarantined = async (
  files: Files,
  dataDir: string,
  name: string,
  report: Report,
): Promise<void> => {
  if (isTemporary(name)) {
    report({ code: 'temporary-file', cause: 'not finished, or being written' });
  } else if (isQuarantineNote(name)) {
    const content = await files.read(join(quarantineFolder(dataDir), name));
    const note: QuarantineNote = JSON.parse(content.toString());
    const place = `${note.length} bytes from ${note.offset} of ${note.file}`;
    report({ code: 'quarantined', cause: `${place}, found ${note.found_at}: ${note.cause}` });
  } else report({ code: 'quarantined', cause: 'no note says what it is' });
};
