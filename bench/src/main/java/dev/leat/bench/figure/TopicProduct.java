package dev.leat.bench.figure;

import dev.leat.bench.peer.Server;
import dev.leat.bench.peer.SpreadPerf.Topics;

/** One installed product with data of its own, that can be started again and again. */
interface TopicProduct {
  /** As {@code SpreadLoad} calls it. */
  String name();

  /** Starts the server with the data it had, and waits until it is ready. */
  Server start();

  /** Creates topics; returns when every partition takes records. */
  void create(Server server, Topics topics);

  /** Returns when every partition answers. */
  void awaitOnline(Server server, Topics topics);
}
