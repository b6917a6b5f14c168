package dev.leat.client.internal.net;

/** Hears changes of the cluster, on the loop. */
public interface ClusterListener {

  /** A topic is new, or has another number of partitions, another limit or another id. */
  void onTopic(TopicInfo topic);

  /** A topic is gone. */
  void onTopicRemoved(String topic);

  /** Some groups have another leader, or brokers another address. */
  void onRoutes();
}
