/** A longer call is cut off: no query needs it, and an endless one must not fill the memory. In UTF-16 units. */
export const MAX_CALL_LENGTH = 8192;

/** No search engine takes a longer query. In UTF-16 units. */
export const MAX_QUERY_LENGTH = 2000;

/** No reader of pages takes a longer address. In UTF-16 units. */
export const MAX_ADDRESS_LENGTH = 2000;

/** So many pages may be opened by one call. */
export const MAX_ADDRESSES = 10;
