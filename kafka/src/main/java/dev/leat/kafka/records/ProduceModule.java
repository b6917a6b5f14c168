package dev.leat.kafka.records;

import dev.leat.kafka.KafkaContext;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import org.apache.kafka.common.protocol.ApiKeys;

/** Produce. */
public final class ProduceModule implements ApiModule {
  private final KafkaContext context;
  private final RuleBook rules;
  private final TransactionOrder order = new TransactionOrder();

  /** Appends to the broker's log. */
  public ProduceModule(KafkaContext context) {
    this.context = context;
    this.rules = new RuleBook(context.broker().topicAdmin());
  }

  @Override
  public void register(ApiRegistry registry) {
    registry.add(
        ApiKeys.PRODUCE, exchange -> new ProduceCall(context, rules, order, exchange).start());
  }
}
