/** A key that is no one's, long enough to be taken for a secret. */
export const KEY = "sk-0123456789abcdef";
