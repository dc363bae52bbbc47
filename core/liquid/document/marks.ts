/**
 * What `{{ | page_number }}` and `{{ | page_count }}` leave in a header or footer; the printer writes the numbers in. In an HTML
 * document they stay the empty elements that they are.
 */
export const PAGE_NUMBER_MARK = '<span class="pageNumber"></span>';
export const PAGE_COUNT_MARK = '<span class="totalPages"></span>';
