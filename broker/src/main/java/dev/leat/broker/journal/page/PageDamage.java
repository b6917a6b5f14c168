package dev.leat.broker.journal.page;

/** A page that LMDB cannot have written. Caught where the file and the entry are known. */
public final class PageDamage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The page. */
  private final long page;

  PageDamage(long page, String what) {
    super("page " + page + ": " + what, null, false, false);
    this.page = page;
  }

  /** Number of the damaged page. */
  public long page() {
    return page;
  }
}
