package dev.leat.kafka.records.fetch;

import dev.leat.broker.runtime.thread.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.jspecify.annotations.Nullable;

/** The sessions of all consumers, bounded in number and in partitions. */
final class FetchSessions {
  /** As Kafka's max.incremental.fetch.session.cache.slots. */
  private static final int MAX_SESSIONS = 1_000;

  /** Bounds the memory of all sessions: about 100 bytes for each partition. */
  private static final int MAX_PARTITIONS = 500_000;

  /** As Kafka's: a session that was used within this time gives way to none. */
  private static final long SAFE_MS = 120_000;

  private static final short FIRST_BY_IDS = 13;

  private final Clock clock;
  private final Map<Integer, FetchSession> sessions = new LinkedHashMap<>(16, 0.75f, true);
  private int partitions;

  FetchSessions(Clock clock) {
    this.clock = clock;
  }

  /** What a request asks for, all in all. */
  sealed interface Opened {
    /**
     * Partitions to read.
     *
     * @param session remembers them; empty if nobody does
     * @param onlyNews whether the client wants to hear only what is new
     */
    record Partitions(List<Wanted> wanted, Optional<FetchSession> session, boolean onlyNews)
        implements Opened {
      int sessionId() {
        return session.map(FetchSession::id).orElse(FetchMetadata.INVALID_SESSION_ID);
      }
    }

    /** The session of the request is not known, or is elsewhere. */
    record Refused(Errors error) implements Opened {}
  }

  synchronized Opened open(FetchRequestData request, short version) {
    if (request.sessionEpoch() == FetchMetadata.FINAL_EPOCH
        || request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH) {
      remove(request.sessionId());
      return request.sessionEpoch() == FetchMetadata.FINAL_EPOCH
          ? alone(request)
          : begin(request, version);
    }
    FetchSession session = sessions.get(request.sessionId());
    if (session == null) {
      return new Opened.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }
    if (session.goesByIds() != version >= FIRST_BY_IDS) {
      return new Opened.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
    }
    int before = session.size();
    if (!session.takeNext(request, clock.monotonicMs())) {
      return new Opened.Refused(Errors.INVALID_FETCH_SESSION_EPOCH);
    }
    partitions += session.size() - before;
    if (session.size() == 0) {
      remove(session.id());
      return new Opened.Partitions(List.of(), Optional.empty(), false);
    }
    return new Opened.Partitions(session.wanted(), Optional.of(session), true);
  }

  private static Opened alone(FetchRequestData request) {
    return new Opened.Partitions(FetchSession.named(request), Optional.empty(), false);
  }

  private Opened begin(FetchRequestData request, short version) {
    int size = request.topics().stream().mapToInt(topic -> topic.partitions().size()).sum();
    if (size == 0 || !makeRoom(size)) {
      return alone(request);
    }
    FetchSession session =
        new FetchSession(newId(), request, version >= FIRST_BY_IDS, clock.monotonicMs());
    sessions.put(session.id(), session);
    partitions += session.size();
    return new Opened.Partitions(session.wanted(), Optional.of(session), false);
  }

  /** Ends sessions that nobody has used for long, the oldest first, until there is room. */
  private boolean makeRoom(int size) {
    long idleSince = clock.monotonicMs() - SAFE_MS;
    for (FetchSession oldest : new ArrayList<>(sessions.values())) {
      if (hasRoom(size) || oldest.usedMs() > idleSince) {
        break;
      }
      remove(oldest.id());
    }
    return hasRoom(size);
  }

  private boolean hasRoom(int size) {
    return sessions.size() < MAX_SESSIONS && partitions + size <= MAX_PARTITIONS;
  }

  private void remove(int id) {
    @Nullable FetchSession removed = sessions.remove(id);
    if (removed != null) {
      partitions -= removed.size();
    }
  }

  private int newId() {
    int id;
    do {
      id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    } while (sessions.containsKey(id));
    return id;
  }
}
