package dev.leat.kafka.transaction;

import static dev.leat.kafka.dispatch.ApiHandler.later;

import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AddOffsetsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeTransactionsRequest;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.ListTransactionsRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;

/** Transactions, and ids of producers. */
public final class TransactionModule implements ApiModule {
  private final ProducerHandlers producers;
  private final AddPartitionsHandler partitions;
  private final MarkersHandler markers;
  private final DescribeHandlers describe;

  /** Answered by the transaction coordinator of this broker. */
  public TransactionModule(KafkaContext context) {
    Transactions transactions = context.coordinators().get().transactions();
    producers = new ProducerHandlers(transactions.coordinator());
    partitions = new AddPartitionsHandler(transactions.coordinator(), context.broker().topics());
    markers = new MarkersHandler(transactions.markers());
    describe = new DescribeHandlers(transactions.coordinator(), context.broker());
  }

  @Override
  public void register(ApiRegistry registry) {
    registry.add(
        ApiKeys.INIT_PRODUCER_ID, later(InitProducerIdRequest.class, producers::initialise));
    registry.add(
        ApiKeys.ADD_PARTITIONS_TO_TXN, later(AddPartitionsToTxnRequest.class, partitions::handle));
    registry.add(
        ApiKeys.ADD_OFFSETS_TO_TXN, later(AddOffsetsToTxnRequest.class, producers::addOffsets));
    registry.add(ApiKeys.END_TXN, later(EndTxnRequest.class, producers::end));
    registry.add(ApiKeys.WRITE_TXN_MARKERS, later(WriteTxnMarkersRequest.class, markers::handle));
    registry.add(
        ApiKeys.DESCRIBE_PRODUCERS, later(DescribeProducersRequest.class, describe::producers));
    registry.add(
        ApiKeys.DESCRIBE_TRANSACTIONS,
        later(DescribeTransactionsRequest.class, describe::transactions));
    registry.add(ApiKeys.LIST_TRANSACTIONS, later(ListTransactionsRequest.class, describe::list));
  }
}
