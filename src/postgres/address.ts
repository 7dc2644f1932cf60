/** Whether an address names a server of PostgreSQL, and no file. */
export function isPostgres(address: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(address);
}
