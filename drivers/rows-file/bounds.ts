/** What a register's file may be. Beyond, it is refused with its cause: a whole country's births are 1 million lines of 200 bytes. */
export const bounds = {
  /** Bytes on disk. */
  file: 512 * 1024 * 1024,
  /** Bytes of all parts of a workbook unpacked. */
  unpacked: 768 * 1024 * 1024,
  /** Parts in a workbook's zip. */
  parts: 2000,
  /** Characters of one line, and of a workbook's texts kept in memory. */
  line: 1024 * 1024,
  texts: 32 * 1024 * 1024,
  columns: 500,
  /** Elements inside each other, and bytes without any mark-up, in a workbook's XML. */
  depth: 64,
  run: 4 * 1024 * 1024,
};
