package dev.leat.client;

import dev.leat.client.error.LeatException;
import dev.leat.client.error.ProducerFencedException;

/**
 * A producer whose records, and the offsets of the records that they were made of, all count or
 * none of them does: consumers see them when the transaction is committed ({@link
 * Isolation#READ_COMMITTED}, the default).
 *
 * <pre>{@code
 * GroupConfig group = GroupConfig.of("billing", "orders").withAutoCommit(Duration.ZERO);
 * try (GroupConsumer orders = client.groupConsumer(group);
 *     TransactionalProducer bills = client.transactionalProducer("billing-0")) {
 *   while (true) {
 *     List<ConsumerRecord> records = orders.poll(Duration.ofSeconds(1));
 *     bills.begin();
 *     try {
 *       records.forEach(order -> bills.send(ProducerRecord.of("bills", bill(order))));
 *       bills.sendOffsets(orders);
 *       bills.commit();
 *     } catch (ProducerFencedException e) {
 *       throw e; // Another process does this work by now.
 *     } catch (LeatException e) {
 *       bills.abort();
 *       orders.rewind();
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>A program that dies in the middle leaves nothing that counts: what is open is aborted when
 * another producer begins with the same transactional id, or when the transaction's time is up.
 *
 * <p>Records may be sent by several threads; the other methods are for one thread at a time.
 */
public interface TransactionalProducer extends Producer {
  /**
   * Begins a transaction; records can be sent now.
   *
   * @throws LeatException if one is open
   */
  void begin();

  /**
   * Makes everything that {@link GroupConsumer#poll} has given, and that is not committed, count as
   * read if the transaction is committed. For the consumer's thread; waits for the answer.
   *
   * @param member must not commit by itself ({@link GroupConfig#withAutoCommit})
   * @throws LeatException if it cannot be part of the transaction: with MEMBER_FENCED, because the
   *     group has given some of the partitions to others since. Then the transaction can only be
   *     aborted
   */
  void sendOffsets(GroupConsumer member);

  /**
   * Commits. Returns when that is on disk at a quorum, from when on consumers will see all of it.
   *
   * @throws ProducerFencedException if another producer has begun with the same transactional id,
   *     or the transaction took too long: it is aborted, and this producer can only be closed
   * @throws LeatException that is retriable, if no coordinator has answered in time: it is not
   *     known whether the transaction is committed, and this is to be called again; with
   *     INVALID_TXN_STATE, if a record was not acknowledged or offsets were refused, which is the
   *     cause: the transaction can only be aborted
   */
  void commit();

  /**
   * Aborts: nothing of the transaction counts. What is not acknowledged yet fails. {@link
   * GroupConsumer#rewind} lets the records be given again that it was made of.
   *
   * @throws ProducerFencedException as with {@link #commit}
   * @throws LeatException that is retriable, if no coordinator has answered in time: this may be
   *     called again
   */
  void abort();
}
