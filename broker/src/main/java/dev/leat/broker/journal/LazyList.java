package dev.leat.broker.journal;

import java.util.AbstractList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A list that is made when somebody looks into it, once. Belongs to one thread. */
final class LazyList<E> extends AbstractList<E> {
  private final Supplier<List<E>> source;
  private @Nullable List<E> elements;

  LazyList(Supplier<List<E>> source) {
    this.source = source;
  }

  private List<E> elements() {
    List<E> known = elements;
    if (known == null) {
      known = source.get();
      elements = known;
    }
    return known;
  }

  @Override
  public E get(int position) {
    return elements().get(position);
  }

  @Override
  public int size() {
    return elements().size();
  }
}
